import type { Broker, JobDelivery, Letter, News } from '../../../lib/jobs/broker.ts';
import { openBroker } from '../../../lib/jobs/open-broker.ts';
import type { JobContext, JobHandlers } from '../../../lib/jobs/worker/job-handler.ts';
import { JobWorker } from '../../../lib/jobs/worker/job-worker.ts';
import { ManualClock } from '../../../lib/util/manual-clock.ts';
import { createDelivery, createJob } from '../a-job.ts';
import { Inbox } from '../inbox.ts';

type Handler = (args: never, context: JobContext) => unknown;

interface Rig {
  readonly broker: Broker;
  readonly worker: JobWorker;
  readonly letters: Inbox<Letter>;
  readonly news: Inbox<News>;
  readonly warnings: string[];
  readonly lines: string[];
  readonly clock: ManualClock;
  readonly address: string;
}

const open: Rig[] = [];

async function createRig(
  handlers: Readonly<Record<string, Handler>>,
  change: (broker: Broker) => Broker = (broker) => broker,
): Promise<Rig> {
  const clock = new ManualClock();
  const broker = await openBroker('memory:', {}, clock);
  const [letters, news] = [new Inbox<Letter>(), new Inbox<News>()];
  const { address } = await broker.openMailbox({
    id: 'gate',
    onMail: (mail) => {
      letters.put(mail);
      mail.settle();
    },
    onNews: news.put,
  });
  const [warnings, lines]: [string[], string[]] = [[], []];
  const worker = new JobWorker({
    broker: change(broker),
    handlers: new Map(Object.entries(handlers)) as unknown as JobHandlers,
    concurrency: 2,
    name: 'w',
    clock,
    replyTtlMs: 1000,
    log: (line) => lines.push(line),
    warn: (text) => warnings.push(text),
  });
  await worker.start();
  const rig = { broker, worker, letters, news, warnings, lines, clock, address };
  open.push(rig);
  return rig;
}

/** The broker whose deliveries come from the test. */
function withDeliveries(deliver: {
  onJob?: (delivery: JobDelivery) => void;
  onLost?: (delivery: JobDelivery) => void;
}) {
  return (broker: Broker, post = broker.post.bind(broker)): Broker => ({
    ...delegate(broker),
    consume: async ({ onJob, onLost }) => {
      const handOver = (delivery: JobDelivery): void => {
        const { replyTo, correlationId } = delivery.job;
        const answer = async (body: string): Promise<'delivered' | 'gone'> => {
          const fate = await post(replyTo, { kind: 'result', correlationId, body });
          await delivery.ack();
          return fate;
        };
        onJob(Object.assign(delivery, { answer }));
      };
      Object.assign(deliver, { onJob: handOver, onLost });
      return { stop: async () => undefined };
    },
  });
}

function delegate(broker: Broker): Broker {
  return {
    state: 'up',
    dead: broker.dead,
    onState: (listener) => broker.onState(listener),
    publish: (job) => broker.publish(job),
    consume: (options) => broker.consume(options),
    cancel: (id) => broker.cancel(id),
    onCancel: (listener) => broker.onCancel(listener),
    openMailbox: (options) => broker.openMailbox(options),
    post: (address, letter) => broker.post(address, letter),
    tell: (address, news) => broker.tell(address, news),
    counts: (names) => broker.counts(names),
    close: (options) => broker.close(options),
  };
}

const untilAborted: Handler = (_args, { signal }) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });

afterEach(async () => {
  for (const { broker } of open.splice(0)) await broker.close();
});

describe('JobWorker', () => {
  it('tells that it has begun, passes progress on and posts what the handler returns', async () => {
    const { broker, letters, news, lines, address } = await createRig({
      work: ({ n }: { n: number }, { progress, log, jobId, attempt }) => {
        progress({ half: true });
        log('at %d', n);
        return [n + 1, jobId, attempt];
      },
    });
    const job = createJob({ args: '{"n":1}', replyTo: address });
    await broker.publish(job);
    expect(await letters.next()).toMatchObject({
      kind: 'result',
      correlationId: job.correlationId,
      body: `{"ok":true,"value":[2,"${job.id}",1]}`,
    });
    expect(news.all).toEqual([
      { kind: 'started', correlationId: job.correlationId, body: '{"worker":"w","attempt":1}' },
      { kind: 'progress', correlationId: job.correlationId, body: '{"half":true}' },
    ]);
    expect(lines).toEqual([`work ${job.id}: at 1`]);
  });

  it('acknowledges a job only when its reply is kept', async () => {
    const deliver: Parameters<typeof withDeliveries>[0] = {};
    const order: string[] = [];
    const posted = new Inbox<string>();
    const { clock, warnings } = await createRig({ work: () => 1 }, (broker) =>
      withDeliveries(deliver)(broker, async () => {
        order.push('post');
        posted.put('post');
        if (order.length === 1) throw new Error('away');
        return 'delivered';
      }),
    );
    const { delivery, settled } = createDelivery();
    deliver.onJob?.(delivery);
    await posted.next();
    await new Promise(setImmediate);
    expect(settled).toEqual([]);
    clock.advance(1000);
    await posted.next();
    await new Promise(setImmediate);
    expect(settled).toEqual(['ack']);
    expect(warnings).toHaveLength(1);
  });

  it('answers a job that comes again without running it, but runs another one with the same id', async () => {
    const deliver: Parameters<typeof withDeliveries>[0] = {};
    let runs = 0;
    const { letters, address } = await createRig({ work: () => ++runs }, withDeliveries(deliver));
    const first = createDelivery({ id: 'c/1', correlationId: 'one', replyTo: address });
    deliver.onJob?.(first.delivery);
    await letters.next();
    deliver.onJob?.({ ...first.delivery, attempt: 2 });
    expect((await letters.next()).body).toBe('{"ok":true,"value":1}');
    const other = createDelivery({ id: 'c/1', correlationId: 'two', replyTo: address });
    deliver.onJob?.(other.delivery);
    expect((await letters.next()).body).toBe('{"ok":true,"value":2}');
  });

  it('ends a job that is cancelled while it runs, whatever its handler makes of it', async () => {
    const { broker, letters, news, address } = await createRig({
      throws: untilAborted,
      returns: (_args, { signal }) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve('half done'))),
    });
    for (const name of ['throws', 'returns']) {
      const job = createJob({ name, replyTo: address });
      await broker.publish(job);
      await news.next();
      expect(await broker.cancel(job.id)).toBe('told');
      expect(JSON.parse((await letters.next()).body).error.code).toBe('cancelled');
    }
  });

  it('drops a job that was called off before it came, and runs one that was sent later under its id', async () => {
    const deliver: Parameters<typeof withDeliveries>[0] = {};
    const { broker, letters, clock, address } = await createRig(
      { work: () => 1 },
      withDeliveries(deliver),
    );
    await broker.cancel('c/1');
    await new Promise(setImmediate);
    const at = clock.wallTime();
    const before = createDelivery({ id: 'c/1', publishedAt: at - 1, replyTo: address });
    deliver.onJob?.(before.delivery);
    expect(JSON.parse((await letters.next()).body).error.code).toBe('cancelled');
    const later = createDelivery({ id: 'c/1', publishedAt: at + 1, replyTo: address });
    deliver.onJob?.(later.delivery);
    expect(JSON.parse((await letters.next()).body)).toEqual({ ok: true, value: 1 });
  });

  it('times a job out at its deadline, and does not begin one whose deadline has passed', async () => {
    const deliver: Parameters<typeof withDeliveries>[0] = {};
    const { letters, news, clock, address } = await createRig(
      { work: untilAborted },
      withDeliveries(deliver),
    );
    const deadline = clock.wallTime() + 1000;
    deliver.onJob?.(createDelivery({ deadline, replyTo: address }).delivery);
    await news.next();
    clock.advance(1000);
    expect(JSON.parse((await letters.next()).body).error.code).toBe('timeout');
    const late = createDelivery({ deadline, replyTo: address });
    deliver.onJob?.(late.delivery);
    await new Promise(setImmediate);
    expect(late.settled).toEqual(['reject']);
  });

  it('tells the handler of a job that the broker has taken back, and says nothing of its end', async () => {
    const deliver: Parameters<typeof withDeliveries>[0] = {};
    const aborted = new Inbox<unknown>();
    const { letters, news, address, worker } = await createRig(
      {
        work: (args, context) => {
          context.signal.addEventListener('abort', () => aborted.put(context.signal.reason.code));
          return untilAborted(args, context);
        },
      },
      withDeliveries(deliver),
    );
    const { delivery, settled } = createDelivery({ replyTo: address });
    deliver.onJob?.(delivery);
    await news.next();
    deliver.onLost?.(delivery);
    expect(await aborted.next()).toBe('lost');
    await worker.stop();
    expect(letters.all).toEqual([]);
    expect(settled).toEqual([]);
  });

  it('acknowledges a job for whose result nobody waits any more', async () => {
    const deliver: Parameters<typeof withDeliveries>[0] = {};
    const { warnings, worker } = await createRig({ work: () => 1 }, withDeliveries(deliver));
    const { delivery, settled } = createDelivery({ replyTo: 'vigil.replies.nobody' });
    deliver.onJob?.(delivery);
    await worker.stop();
    expect(settled).toEqual(['ack']);
    expect(warnings).toHaveLength(1);
  });

  it('takes no more jobs once it stops, and finishes those it has', async () => {
    let finish = (): void => undefined;
    const { broker, letters, news, worker, address } = await createRig({
      work: () => new Promise<void>((resolve) => (finish = resolve)),
    });
    await broker.publish(createJob({ replyTo: address }));
    await news.next();
    const stopped = worker.stop();
    await broker.publish(createJob({ replyTo: address }));
    finish();
    await stopped;
    expect((await letters.next()).body).toBe('{"ok":true,"value":null}');
    expect(await broker.counts(['work'])).toEqual([{ name: 'work', ready: 1, consumers: 0 }]);
  });
});
