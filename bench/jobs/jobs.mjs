import { installPeers } from '../peers/peer-packages.mjs';
import { pairRounds, summarize } from '../support/statistics.mjs';
import { takeTurns } from '../support/take-turns.mjs';
import { askByItself, drive, useDirectory, useProgram, usePrograms } from './drive.mjs';
import { useRabbit, useRedis } from './services.mjs';

const FOR_MS = 2000;
const QUICK_MS = 700;
/** The first thousands of requests of a process are slower than all others, whoever answers them. */
const WARM_MS = 1500;
const MOST_ROUNDS = 7;
const MANY = 100;
const PACKAGES = { bullmq: '6.7.0', ioredis: '6.0.0' };

/** Jobs on the broker in memory beside a function that is called for each message of a WebSocket. */
export async function measureJobsInMemory(context) {
  const { vigil } = context.workplace;
  const calls = { name: 'a function call, as many frames', programs: [['calls.cjs', 'same']] };
  const bare = {
    name: 'a function call, one frame each way',
    programs: [['calls.cjs', 'bare']],
    acks: false,
  };
  const serve = {
    name: '`vigil jobs serve`, worker in a process of its own',
    options: { broker: 'memory:' },
  };
  const here = {
    name: 'gateway, broker and worker in one process',
    programs: [['gateway.cjs', vigil, JSON.stringify({ url: 'memory:', worker: true })]],
  };
  const found = await compare([calls, bare, serve, here], { ...context, levels: [1, MANY] });
  return {
    title: 'Jobs in memory',
    about: `One client has 1 or ${MANY} jobs of 100 bytes under way. The function is called in the process of the WebSocket; with as many frames, it answers each message by three, as a gateway does (\`accepted\`, \`started\`, \`result\`), and reads an acknowledgement. The client is the same for all.`,
    ...writeRows(found, calls.name),
    goals: [serve, here].map(({ name }) => ({
      what: `Jobs in memory, ${MANY} under way, to a function call with as many frames: ${name}`,
      measured: found.ratio(name, calls.name, MANY),
      atLeast: 0.6,
      unit: '×',
    })),
  };
}

/** The broker on disk beside the same records, written and synced in groups by its library alone. */
export async function measureJobsOnDisk(context) {
  const level = { name: 'classic-level alone, the same records in groups', kind: 'level' };
  const broker = { name: 'the broker `file:`', kind: 'broker' };
  const serve = { name: '`vigil jobs serve` on it, over a WebSocket' };
  const asks = ({ kind }) => kind !== undefined;
  const found = await compare([level, broker, serve], {
    ...context,
    levels: [1, MANY],
    run: (contender, use) =>
      useDirectory((directory) => {
        const options = { kind: contender.kind, directory };
        const store = ['store.cjs', context.workplace.vigil, JSON.stringify(options)];
        return asks(contender)
          ? useProgram(store, context.workplace, ({ child }) =>
              use((wishes) => askByItself(child, wishes)),
            )
          : useServer(
              { ...contender, options: { broker: `file:${directory}/jobs` } },
              context,
              use,
            );
      }),
  });
  return {
    title: 'Jobs on disk',
    about:
      'For each job its arguments are synced to disk before it is accepted, then its result, and at last the end of both; all that waits at one time is one group with one sync. Beside it the same records in the same steps, by the few lines one would write over the library.',
    ...writeRows(found, level.name),
    goals: [
      {
        what: `Jobs on disk, ${MANY} under way, to the same records by classic-level`,
        measured: found.ratio(broker.name, level.name, MANY),
        atLeast: 0.6,
        unit: '×',
      },
    ],
  };
}

/** Gateway, RabbitMQ and worker beside remote procedure calls by the library over the same RabbitMQ. */
export async function measureJobsOnRabbit(context) {
  return useRabbit(context.workplace.mark, async (url) => {
    const raw = { name: 'rabbitmq-client alone', queue: 'bench' };
    const kept = { name: 'rabbitmq-client alone, replies kept', queue: 'kept', keepsReplies: true };
    const ours = [
      { name: 'one handler', handlers: 'one' },
      { name: '14 handlers', handlers: 'many' },
    ];
    const found = await compare([raw, kept, ...ours], {
      ...context,
      levels: [1, MANY],
      run: (contender, use) =>
        contender === raw || contender === kept
          ? useRpc({ ...contender, url }, context, use)
          : useGateway({ ...contender, url }, context, use),
    });
    return {
      title: 'Jobs on RabbitMQ',
      about:
        'A gateway, one node of RabbitMQ with durable quorum queues, and a process of supervised workers, beside remote procedure calls by `rabbitmq-client` on the same node: a durable quorum queue and confirms for the requests, direct replies, as its documentation has it: they are lost with whoever waits for them. With its replies kept, they go as the requests do, by a durable quorum queue with confirms, and a request is acknowledged after that: as a gateway promises it. Whatever the library asks and answers of itself goes without a WebSocket.',
      ...writeRows(found, raw.name),
      goals: [raw, kept].flatMap((base) =>
        ours.map(({ name }) => ({
          what: `Jobs on RabbitMQ, ${MANY} under way, to ${base.name}: ${name}`,
          measured: found.ratio(name, base.name, MANY),
          atLeast: 0.7,
          unit: '×',
        })),
      ),
    };
  });
}

/** Beside BullMQ on a Redis as it comes, and on one that syncs every write. */
export async function measureJobsBesideBull(context) {
  const packages = await installPeers(PACKAGES);
  const { mark } = context.workplace;
  const bull = { name: 'BullMQ, Redis as it comes', everyWrite: false };
  const synced = { name: 'BullMQ, Redis that syncs every write', everyWrite: true };
  const memory = { name: '`vigil jobs serve` on `memory:`', broker: () => 'memory:' };
  const file = { name: '`vigil jobs serve` on `file:`', broker: (place) => `file:${place}/jobs` };
  const found = await compare([bull, synced, memory, file], {
    ...context,
    levels: [1, MANY],
    run: (contender, use) => {
      const { everyWrite, broker } = contender;
      if (broker === undefined)
        return useRedis(mark, { everyWrite }, (port) => useBull({ packages, port }, context, use));
      return useDirectory((place) =>
        useServer({ options: { broker: broker(place) } }, context, use),
      );
    },
  });
  return {
    title: 'Jobs beside BullMQ',
    about: `One worker process that runs ${MANY} jobs at once; who adds a job waits for its result. BullMQ is asked in a process by its own library, ours over a WebSocket.`,
    ...writeRows(found, bull.name),
    goals: [
      { one: memory, other: bull },
      { one: file, other: synced },
    ].map(({ one, other }) => ({
      what: `Jobs, ${MANY} under way: ${one.name} to ${other.name}`,
      measured: found.ratio(one.name, other.name, MANY),
      atLeast: 1,
      unit: '×',
    })),
  };
}

/** What a job costs with more and more clients that have a thousand under way together. */
export async function measureJobClients(context) {
  const found = new Map([1, 10, 100, 1000].map((clients) => [clients, []]));
  await useServer({ options: { broker: 'memory:' } }, context, async (measure) => {
    for (let round = -1; round < Math.min(context.rounds, 3); round += 1)
      for (const [clients, results] of found) {
        const result = await measure({ clients, inFlight: 1000 / clients, ...extentOf(context) });
        if (round >= 0) results.push(result);
        context.say();
      }
  });
  const cost = (clients) => summarize(found.get(clients).map(({ usedUs }) => usedUs)).median;
  return {
    title: 'Jobs of many clients',
    about:
      'A thousand jobs are under way, of one client or of many, at `vigil jobs serve` on `memory:`. The cost is the processor time of the process with the gateway and the broker.',
    head: ['clients', 'jobs/s', 'p50, ms', 'p99, ms', 'µs a job'],
    rows: [...found].map(([clients, results]) => [
      String(clients),
      ...writeResult(results),
      cost(clients).toFixed(1),
    ]),
    goals: [],
  };
}

/** Measures all of them at each level, round after round. */
async function compare(contenders, context) {
  const {
    levels,
    rounds,
    say,
    run = (contender, use) => useServer(contender, context, use),
  } = context;
  const results = await takeTurns(contenders, Math.min(rounds, MOST_ROUNDS), (contender) =>
    run(contender, async (measure) => {
      const found = new Map();
      for (const inFlight of levels)
        found.set(inFlight, await measure({ inFlight, ...extentOf(context) }));
      say();
      return found;
    }),
  );
  const at = (name, level) => results.get(name).map((found) => found.get(level));
  const rates = (name, level) => at(name, level).map(({ rate }) => rate);
  const ratios = (name, base, level) =>
    pairRounds(rates(name, level), rates(base, level), (one, other) => one / other);
  return {
    ...{ names: [...results.keys()], levels, at, ratios },
    ratio: (name, base, level) => summarize(ratios(name, base, level)).median,
  };
}

function extentOf({ quick }) {
  return quick ? { forMs: QUICK_MS, warmMs: WARM_MS } : { forMs: FOR_MS, warmMs: WARM_MS };
}

/** A server of ours, or one that answers as it does. */
async function useServer({ programs, options, acks = true }, { workplace }, use) {
  return useDirectory((stateDirectory) => {
    const settings = JSON.stringify({ concurrency: MANY, stateDirectory, ...options });
    const all = programs ?? [['serve.cjs', workplace.vigil, settings]];
    return usePrograms(all, workplace, (running) => {
      const { child, port } = running.at(-1);
      return use((wishes) => drive(workplace, { port, pid: child.pid, acks, ...wishes }));
    });
  });
}

/** A gateway, and a worker elsewhere. */
async function useGateway({ handlers, url }, context, use) {
  const { vigil } = context.workplace;
  return useDirectory((stateDirectory) => {
    const worker = {
      broker: url,
      concurrency: MANY,
      stateDirectory,
      handlers,
      withoutGateway: true,
    };
    const programs = [
      ['serve.cjs', vigil, JSON.stringify(worker)],
      ['gateway.cjs', vigil, JSON.stringify({ url })],
    ];
    return useServer({ programs }, context, use);
  });
}

async function useRpc({ queue, keepsReplies, url }, { workplace }, use) {
  const text = JSON.stringify({ url, queue, keepsReplies, concurrency: MANY });
  const programs = ['server', 'client'].map((side) => ['rpc.cjs', side, text]);
  return usePrograms(programs, workplace, ([, { child }]) =>
    use((wishes) => askByItself(child, wishes)),
  );
}

async function useBull({ packages, port }, { workplace }, use) {
  const text = JSON.stringify({ packages, port, concurrency: MANY });
  const programs = ['server', 'client'].map((side) => ['bullmq.cjs', side, text]);
  return usePrograms(programs, workplace, ([, { child }]) =>
    use((wishes) => askByItself(child, wishes)),
  );
}

function writeRows({ names, levels, at, ratios }, base) {
  return {
    head: ['', 'under way', 'round trips/s', 'p50, ms', 'p99, ms', 'ratio', 'quartiles'],
    rows: names.flatMap((name) =>
      levels.map((level) => {
        const { median, low, high } = summarize(ratios(name, base, level));
        const ratio =
          name === base ? ['1', ''] : [median.toFixed(2), `${low.toFixed(2)}–${high.toFixed(2)}`];
        return [name, String(level), ...writeResult(at(name, level)), ...ratio];
      }),
    ),
  };
}

function writeResult(results) {
  const middle = (key) => summarize(results.map((one) => one[key])).median;
  return [
    Math.round(middle('rate')).toLocaleString('en'),
    middle('p50').toFixed(2),
    middle('p99').toFixed(2),
  ];
}
