#!/usr/bin/env node
import { exitCodeOf } from './exit-codes.ts';

const [, , verb, ...rest] = process.argv;
const ownWords = rest.slice(0, rest.includes('--') ? rest.indexOf('--') : undefined);
const isInformation = ['--help', '-h', '--version'].some((flag) => ownWords.includes(flag));

// `run` is on its own: nothing it does not need may be loaded into the monitor, or before the server is started.
const command =
  verb === 'run' && !isInformation
    ? (require('./run') as typeof import('./run.ts')).run(rest)
    : (require('./verbs') as typeof import('./verbs.ts')).runVerb(process.argv.slice(2));

command.catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  for (const line of message.split('\n')) process.stderr.write(`vigil: ${line}\n`);
  process.exitCode = exitCodeOf(error);
});
