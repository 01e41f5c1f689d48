import { nearestName } from '../config/nearest-name.ts';
import { VigilError } from '../errors.ts';
import type { DeadLetter } from '../jobs/broker.ts';
import { openBroker } from '../jobs/open-broker.ts';
import type { WorkerCrash } from '../jobs/pool/worker-crash.ts';
import { isoTime } from '../util/clock.ts';
import { EXIT } from './exit-codes.ts';
import { askGateway, GATEWAY_FLAGS, readGatewayAddress, reasonOf } from './jobs-address.ts';
import { readJobsOptions } from './jobs-flags.ts';
import { toPrintable } from './output.ts';
import type { Verb, VerbCall } from './verb.ts';

const ACTIONS = ['list', 'show', 'replay'] as const;
type Action = (typeof ACTIONS)[number];

/** `vigil jobs dead`. @lazy */
export const jobsDeadVerb: Verb = {
  name: 'jobs dead',
  describe: 'lists, shows or replays jobs that will not be run again',
  words: [
    { name: 'action', describe: 'list, show or replay', completes: ACTIONS },
    { name: 'id', describe: 'clientId/id, or the id alone where one has it', isOptional: true },
  ],
  flags: [
    ...GATEWAY_FLAGS,
    {
      name: 'broker',
      kind: 'text',
      value: 'URL',
      describe: 'ask a broker itself: amqp://HOST, or file:DIR while nobody uses it',
    },
    { name: 'json', kind: 'switch', describe: 'print it as JSON' },
  ],
  examples: [
    'vigil jobs dead list',
    'vigil jobs dead show 5f0c…/order-17',
    'vigil jobs dead replay 5f0c…/order-17 --broker amqp://host1',
  ],
  async run(call) {
    const action = readAction(call);
    const id = call.arguments.text('id');
    if (action === 'list') return list(call);
    if (id === undefined)
      throw new VigilError('ERR_USAGE', `vigil jobs dead ${action} needs the id of a job`);
    const full = await completeId(call, id);
    if (full === null) return EXIT.failed;
    return action === 'show' ? show(call, full) : replay(call, full);
  },
};

function readAction({ arguments: given }: VerbCall): Action {
  const word = given.text('action') ?? '';
  const action = ACTIONS.find((name) => name === word);
  if (action !== undefined) return action;
  const near = nearestName(word, ACTIONS);
  const hint = near === undefined ? `expected ${ACTIONS.join(', ')}` : `did you mean "${near}"?`;
  throw new VigilError('ERR_USAGE', `vigil jobs dead has no "${word}": ${hint}`);
}

/** `clientId/id` of what was named by the client's id alone; null when several have it. */
async function completeId(call: VerbCall, id: string): Promise<string | null> {
  if (id.includes('/')) return id;
  const own = (await readLetters(call)).map(({ job }) => job.id);
  const found = own.filter((full) => full.slice(full.indexOf('/') + 1) === id);
  if (found.length < 2) return found[0] ?? id;
  call.output.note(`several dead letters are of a job "${toPrintable(id)}":`);
  for (const full of found) call.output.note(`  ${toPrintable(full)}`);
  return null;
}

function readLetters(call: VerbCall): Promise<readonly DeadLetter[]> {
  return withDead(call, {
    broker: (dead) => dead.list(),
    gateway: async (ask) => ((await ask('/api/dead'))?.['letters'] ?? []) as DeadLetter[],
  });
}

async function list(call: VerbCall): Promise<number> {
  const letters = await readLetters(call);
  const { output } = call;
  if (call.arguments.isOn('json')) output.printJson(letters);
  else if (letters.length === 0) output.print('no dead letters');
  else for (const letter of letters) output.print(toPrintable(describeShortly(letter)));
  return EXIT.ok;
}

async function show(call: VerbCall, id: string): Promise<number> {
  const letter = await withDead(call, {
    broker: (dead) => dead.find(id),
    gateway: async (ask) =>
      (await ask(`/api/dead?id=${encodeURIComponent(id)}`)) as DeadLetter | undefined,
  });
  if (letter === undefined) return missing(call, id);
  if (call.arguments.isOn('json')) call.output.printJson(letter);
  else call.output.print(toPrintable(describeAtLength(letter)));
  return EXIT.ok;
}

async function replay(call: VerbCall, id: string): Promise<number> {
  const wasThere = await withDead(call, {
    broker: (dead) => dead.replay(id),
    gateway: async (ask) => (await ask('/api/dead/replay', { id })) !== undefined,
  });
  if (!wasThere) return missing(call, id);
  call.output.print(`${id} is in its queue again`);
  return EXIT.ok;
}

function missing({ output }: VerbCall, id: string): number {
  output.note(`no dead letter is of the job "${id}": see vigil jobs dead list`);
  return EXIT.failed;
}

type Ask = (path: string, body?: object) => Promise<Readonly<Record<string, unknown>> | undefined>;

interface Ways<T> {
  readonly broker: (dead: Awaited<ReturnType<typeof openBroker>>['dead']) => Promise<T>;
  readonly gateway: (ask: Ask) => Promise<T>;
}

/** Asks the broker that was named, else the gateway. */
async function withDead<T>(call: VerbCall, ways: Ways<T>): Promise<T> {
  if (call.arguments.text('broker') === undefined) {
    const address = readGatewayAddress(call);
    return ways.gateway(async (path, body) => {
      const answer = await askGateway(address, path, body);
      if (answer.status === 404) return undefined;
      if (answer.status === 200) return answer.body;
      throw new VigilError('ERR_CONTROL', reasonOf(answer));
    });
  }
  const { broker: url } = readJobsOptions(call);
  const broker = await openBroker(url ?? '');
  try {
    return await ways.broker(broker.dead);
  } finally {
    await broker.close();
  }
}

function describeShortly({ job, reason, attempts, diedAt }: DeadLetter): string {
  const when = timeOf(diedAt);
  const runs = attempts === 1 ? '1 attempt' : `${String(attempts)} attempts`;
  return `${when}  ${job.id}  ${job.name}  ${reason.code} after ${runs}: ${reason.message}`;
}

function describeAtLength(letter: DeadLetter): string {
  const { job, reason, attempts, diedAt } = letter;
  const rows = [
    ['job', job.id],
    ['name', job.name],
    ['arguments', shorten(job.args)],
    ['priority', String(job.priority)],
    ['sent', timeOf(job.publishedAt)],
    ['died', timeOf(diedAt)],
    ['because', `${reason.code}: ${reason.message}`],
    ['attempts', String(attempts)],
  ] as const;
  const crash = reason.detail as Partial<WorkerCrash> | undefined;
  return [
    ...rows.map(([name, value]) => `${name.padEnd(10)} ${value}`),
    ...(crash === undefined ? [] : describeCrash(crash)),
  ].join('\n');
}

/** Written by a worker of whatever version. */
function describeCrash({
  at,
  worker,
  pid,
  evidence,
  stack,
  outputTail,
}: Partial<WorkerCrash>): string[] {
  return [
    '',
    `The worker it ended last, ${String(worker)} (pid ${String(pid)}), at ${String(at)}:`,
    ...(evidence ?? []).map((line) => `  ${line}`),
    ...(typeof stack === 'string' ? ['', 'Stack:', stack] : []),
    ...(outputTail === undefined || outputTail.length === 0
      ? []
      : ['', 'Its last lines:', ...outputTail.map((line) => `  ${line}`)]),
  ];
}

const LONGEST_ARGS = 2000;

function shorten(text: string): string {
  return text.length <= LONGEST_ARGS ? text : `${text.slice(0, LONGEST_ARGS)}…`;
}

function timeOf(at: number): string {
  return isoTime({ wallTime: () => at } as Parameters<typeof isoTime>[0]);
}
