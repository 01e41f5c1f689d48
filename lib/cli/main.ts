#!/usr/bin/env node
const [, , verb, ...rest] = process.argv;
const ownWords = rest.slice(0, rest.includes('--') ? rest.indexOf('--') : undefined);
const isInformation = ['--help', '-h', '--version'].some((flag) => ownWords.includes(flag));

runCommand().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  const { toPrintable } = require('./output') as typeof import('./output.ts');
  // It may hold what another process has sent.
  for (const line of toPrintable(message).split('\n')) process.stderr.write(`vigil: ${line}\n`);
  const { exitCodeOf } = require('./exit-codes') as typeof import('./exit-codes.ts');
  process.exitCode = exitCodeOf(error);
});

/** `run` is on its own: nothing it does not need may be loaded into the monitor, or before the server is started. */
function runCommand(): Promise<void> {
  if (verb === 'run' && !isInformation) {
    const { run } = require('./run') as typeof import('./run.ts');
    return run(rest);
  }
  const { runVerb } = require('./verbs') as typeof import('./verbs.ts');
  return runVerb(process.argv.slice(2));
}
