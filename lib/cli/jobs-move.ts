import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { VigilError } from '../errors.ts';
import { parseBrokerUrl } from '../jobs/broker-url.ts';
import { moveJobs } from '../jobs/move-jobs.ts';
import { EXIT } from './exit-codes.ts';
import type { Verb, VerbArguments } from './verb.ts';

/** `vigil jobs move`. @lazy */
export const jobsMoveVerb: Verb = {
  name: 'jobs move',
  describe: 'moves what waits in a directory to another broker',
  flags: [
    {
      name: 'from',
      kind: 'text',
      value: 'file:DIR',
      describe: 'the directory; end what uses it first',
    },
    {
      name: 'to',
      kind: 'text',
      value: 'URL',
      describe: 'the broker that takes over, such as amqp://host1,host2,host3',
    },
  ],
  examples: ['vigil jobs move --from file:.vigil/jobs/broker --to amqp://host1,host2'],
  async run(call) {
    const { output, clock } = call;
    const directory = readSource(call.arguments, call.cwd);
    const to = readTarget(call.arguments);
    const { jobs, letters, deadLeft } = await moveJobs({ directory, to, clock });
    output.print(`moved ${count(jobs, 'job')} and ${count(letters, 'letter')} for clients`);
    if (deadLeft > 0)
      output.note(`${count(deadLeft, 'dead letter')} stay in ${directory}: see vigil jobs dead`);
    return EXIT.ok;
  },
};

function readSource(given: VerbArguments, cwd: string): string {
  const place = parse('from', given.text('from'));
  if (place.kind !== 'file')
    throw new VigilError('ERR_USAGE', '--from expects a directory, as in file:.vigil/jobs/broker');
  const directory = resolve(cwd, place.directory);
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true) return directory;
  throw new VigilError('ERR_ENTRY_NOT_FOUND', `there is no directory ${directory}`);
}

function readTarget(given: VerbArguments): string {
  const text = given.text('to') ?? '';
  if (parse('to', text).kind !== 'memory') return text;
  throw new VigilError('ERR_USAGE', '--to memory: would lose all of it at once');
}

function parse(flag: string, text = ''): ReturnType<typeof parseBrokerUrl> {
  try {
    return parseBrokerUrl(text);
  } catch (cause) {
    throw new VigilError('ERR_USAGE', `--${flag}: ${(cause as Error).message}`, { cause });
  }
}

function count(number: number, what: string): string {
  return number === 1 ? `1 ${what}` : `${String(number)} ${what}s`;
}
