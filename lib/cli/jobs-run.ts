import { VigilError } from '../errors.ts';
import type { ResolvedJobsOptions } from '../jobs/resolve-jobs-options.ts';
import { JobServer } from '../jobs/serve/job-server.ts';
import type { JobServerEvent } from '../jobs/serve/job-server-event.ts';
import { EXIT } from './exit-codes.ts';
import { type KeyFlag, readJobsOptions, STATE_FLAGS, STATE_KEYS } from './jobs-flags.ts';
import { toPrintable } from './output.ts';
import type { VerbCall, VerbFlag, VerbWord } from './verb.ts';

export const HANDLERS_WORD: VerbWord = {
  name: 'handlers',
  describe: 'module that exports { name: async (args, context) => value }',
  isOptional: true,
  completes: 'files',
};

/** Flags of the commands that run workers. */
export const WORKER_FLAGS: readonly VerbFlag[] = [
  { name: 'workers', kind: 'number', describe: 'worker processes (default 1)' },
  {
    name: 'concurrency',
    kind: 'number',
    describe: 'jobs that each of them runs at once (default 4)',
  },
  ...STATE_FLAGS,
];

const WORKER_KEYS: readonly KeyFlag[] = [
  { flag: 'handlers', path: 'handlers' },
  { flag: 'workers', path: 'workers', isNumber: true },
  { flag: 'concurrency', path: 'concurrency', isNumber: true },
  ...STATE_KEYS,
];

/**
 * The options of a command that runs workers.
 *
 * @throws ERR_CONFIG_INVALID, ERR_CONFIG_READ, ERR_USAGE
 */
export function readWorkerOptions(call: VerbCall): ResolvedJobsOptions {
  const options = readJobsOptions(call, WORKER_KEYS);
  if (options.handlers !== null) return options;
  const text = 'which handlers? Name their module, or "handlers" in jobs.config.json';
  throw new VigilError('ERR_USAGE', text);
}

/** Runs a server of jobs, and says what happens, until it is asked to end. */
export async function runJobServer(
  call: VerbCall,
  options: ResolvedJobsOptions,
  withoutGateway: boolean,
): Promise<number> {
  const { output } = call;
  const isJson = call.arguments.isOn('json');
  const isQuiet = call.arguments.isOn('quiet') || isJson;
  const server = new JobServer(options, {
    withoutGateway,
    clock: call.clock,
    warn: (line) => {
      output.note(toPrintable(line));
    },
    onLine: (worker, line) => {
      if (!isQuiet) output.print(toPrintable(`[${worker}] ${line}`));
    },
  });
  server.events.subscribe((event) => {
    if (isJson) output.printJsonLine(event);
    else tell(event, call, isQuiet);
  });
  const ending = obeySignals(server);
  const { url } = await server.start();
  if (!isJson && !withoutGateway) output.print(`gateway listens at ${url}`);
  await server.ended;
  return ending.interrupts > 1 ? EXIT.interrupted : EXIT.ok;
}

function tell(event: JobServerEvent, { output }: VerbCall, isQuiet: boolean): void {
  const line = describe(event);
  if (line === null) return;
  if (line.isTrouble) output.note(toPrintable(line.text));
  else if (!isQuiet) output.print(toPrintable(line.text));
}

interface Line {
  readonly text: string;
  readonly isTrouble: boolean;
}

function describe(event: JobServerEvent): Line | null {
  const said = (text: string): Line => ({ text, isTrouble: false });
  const trouble = (text: string): Line => ({ text, isTrouble: true });
  switch (event.type) {
    case 'worker.ready': {
      const names = event.names.join(', ');
      const count = String(event.concurrency);
      return said(`${event.worker} (pid ${String(event.pid)}) consumes ${names}; ${count} at once`);
    }
    case 'worker.exited':
      return describeExit(event);
    case 'restart.scheduled':
      return event.delayMs === 0
        ? null
        : trouble(`${event.worker} is started again in ${String(event.delayMs / 1000)} s`);
    case 'breaker.opened':
      return trouble(`${event.worker} has died too often; the next try is in a while`);
    case 'broker.changed':
      return { text: `the broker is ${event.state}`, isTrouble: event.state !== 'up' };
    case 'job.quarantined':
      return trouble(
        `the job ${event.job} (${event.name}) was put aside: see vigil jobs dead show ${event.job}`,
      );
    default:
      return null;
  }
}

type WorkerExit = Extract<JobServerEvent, { readonly type: 'worker.exited' }>;

function describeExit({ worker, pid, cause, expected, evidence, jobs }: WorkerExit): Line | null {
  if (expected && jobs.length === 0) return null;
  const held = jobs.map(({ id, fate }) => `${id} ${FATES[fate]}`).join('; ');
  const ended = `${worker} (pid ${String(pid)}) ended: ${cause} (${evidence[1] ?? evidence[0] ?? 'nothing is known of it'})`;
  return { text: held === '' ? ended : `${ended}; ${held}`, isTrouble: true };
}

const FATES = {
  ended: 'is over',
  returned: 'goes back to its queue',
  suspected: 'may have ended it, and is run alone next time',
  retried: 'ended it, and is run alone next time',
  quarantined: 'ended it for the last time',
} as const;

/** The first SIGINT or SIGTERM ends in order, a second SIGINT at once. */
function obeySignals(server: JobServer): { interrupts: number } {
  const ending = { interrupts: 0 };
  process.on('SIGTERM', () => void server.close());
  process.on('SIGINT', () => {
    ending.interrupts += 1;
    void (ending.interrupts > 1 ? server.kill() : server.close());
  });
  return ending;
}
