import { resolve } from 'node:path';
import type { Broker, JobDelivery, JobMessage, Mail } from '../../lib/jobs/broker.ts';
import { openBroker } from '../../lib/jobs/open-broker.ts';
import { Inbox } from '../jobs/inbox.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { startNode } from '../support/start-child.ts';
import { waitUntil } from '../support/wait-until.ts';
import { type RabbitCluster, startRabbit } from './rabbitmq-server.ts';

const ALLOWED_MS = 9000;
const HOLDER = resolve(__dirname, '../fixtures/jobs/hold-job.cjs');

jest.setTimeout(90_000);

let rabbit: RabbitCluster;
const brokers: Broker[] = [];
let made = 0;
let name: string;

beforeAll(async () => {
  rabbit = await startRabbit(1, ALLOWED_MS);
}, 90_000);

beforeEach(() => {
  name = `long-${String(++made)}`;
});

afterEach(async () => {
  await Promise.all(brokers.splice(0).map((broker) => broker.close()));
});

afterAll(async () => {
  await rabbit.end();
  await assertNoLeaks();
});

async function open(consumerTimeoutMs: number | null = ALLOWED_MS): Promise<Broker> {
  const broker = await openBroker(rabbit.url, { consumerTimeoutMs });
  brokers.push(broker);
  await waitUntil(
    () => (broker.state === 'up' ? true : undefined),
    () => broker.state,
  );
  return broker;
}

function makeJob(id: string): JobMessage {
  return {
    id,
    name,
    args: '"of use"',
    priority: 5,
    deadline: null,
    replyTo: 'vigil.replies.nobody',
    correlationId: `c-${id}`,
    publishedAt: 0,
  };
}

interface Worker {
  readonly jobs: Inbox<JobDelivery>;
  readonly lost: Inbox<JobDelivery>;
}

async function work(broker: Broker, prefetch = 1): Promise<Worker> {
  const [jobs, lost] = [new Inbox<JobDelivery>(), new Inbox<JobDelivery>()];
  await broker.consume({ names: [name], prefetch, onJob: jobs.put, onLost: lost.put });
  return { jobs, lost };
}

/** Names and lengths of the queues whose names begin so. */
async function queues(prefix: string): Promise<string[]> {
  const text = (await rabbit.nodes[0]?.ask('-q', 'list_queues', 'name', 'messages')) ?? '';
  return text.split('\n').filter((line) => line.startsWith(prefix));
}

// By the server's own clock, which nothing here tells of.
function outlast(times: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ALLOWED_MS * times));
}

describe('a job that takes longer than RabbitMQ lets a delivery be', () => {
  it('is taken back where no lease is asked for', async () => {
    const { jobs, lost } = await work(await open(null));
    await (await open()).publish(makeJob('a/1'));
    const first = await jobs.next();
    await waitUntil(
      () => (lost.all.length > 0 ? true : undefined),
      () => 'not taken back',
      ALLOWED_MS * 3,
    );
    expect(lost.all[0]).toBe(first);
    const second = await jobs.next();
    expect(second.attempt).toBe(2);
    await second.ack();
  });

  it('is kept by a lease, while its worker takes no more than it has room for', async () => {
    const broker = await open();
    const worker = await work(broker, 2);
    const other = await open();
    await other.publish(makeJob('a/1'));
    const long = await worker.jobs.next();
    for (const id of ['a/2', 'a/3', 'a/4']) await other.publish(makeJob(id));
    const beside = await worker.jobs.next();
    await outlast(2.2);
    expect([worker.lost.all, worker.jobs.all.length]).toEqual([[], 2]);
    expect(await queues('vigil.leases.')).toHaveLength(2);
    await Promise.all([long.ack(), beside.ack()]);
    expect((await worker.jobs.take(2)).map(({ job }) => job.id).sort()).toEqual(['a/3', 'a/4']);
    for (const delivery of worker.jobs.all) await delivery.ack();
    expect(await queues('vigil.leases.')).toEqual([]);
    expect(await broker.counts([name])).toMatchObject([{ ready: 0 }]);
  });

  it('is not lost with the connection of its worker', async () => {
    const broker = await open();
    const { jobs, lost } = await work(broker);
    await broker.publish(makeJob('a/1'));
    const delivery = await jobs.next();
    await waitUntil(
      async () => ((await queues('vigil.leases.')).length > 0 ? true : undefined),
      () => 'no lease',
    );
    const states = new Inbox<string>();
    broker.onState(states.put);
    await rabbit.nodes[0]?.ask('close_all_connections', 'the test');
    expect(await states.take(2)).toEqual(['away', 'up']);
    await outlast(1);
    await delivery.ack();
    expect([lost.all, jobs.all.length, await queues('vigil.leases.')]).toEqual([[], 1, []]);
  });

  it('comes back as another attempt when its worker was killed', async () => {
    const child = startNode([HOLDER, rabbit.url, name, String(ALLOWED_MS)]);
    await child.waitForLine(/consumes/);
    const broker = await open();
    await broker.publish(makeJob('a/1'));
    await child.waitForLine(/has a\/1 1/);
    await waitUntil(
      async () => ((await queues('vigil.leases.')).length > 0 ? true : undefined),
      () => 'no lease',
    );
    child.kill('SIGKILL');
    await child.waitForExit();
    const { jobs } = await work(broker);
    const delivery = await jobs.next();
    expect(delivery).toMatchObject({ attempt: 2, job: { id: 'a/1', args: '"of use"' } });
    await delivery.reject({ code: 'rejected', message: 'enough' });
    expect(await broker.dead.find('a/1')).toMatchObject({ reason: { message: 'enough' } });
  });

  it('goes back at once when its worker gives up or ends', async () => {
    const first = await open();
    const worker = await work(first);
    const broker = await open();
    await broker.publish(makeJob('a/1'));
    const delivery = await worker.jobs.next();
    await outlast(0.6);
    await delivery.retry();
    const again = await worker.jobs.next();
    expect(again.attempt).toBe(2);
    await outlast(0.6);
    await first.close();
    expect(worker.lost.all).toEqual([again]);
    const { jobs } = await work(broker);
    const last = await jobs.next();
    expect(last.attempt).toBe(3);
    await last.ack();
    expect((await broker.counts([name]))[0]?.ready).toBe(0);
  });
});

describe('a letter that nobody settles for longer than that', () => {
  it('is read again, and can be settled then', async () => {
    const broker = await open();
    const mails = new Inbox<Mail>();
    const mailbox = await broker.openMailbox({ id: 'box', onMail: mails.put });
    await broker.post(mailbox.address, { kind: 'result', correlationId: 'c', body: '1' });
    const first = await mails.next();
    await waitUntil(
      () => (mails.all.length > 1 ? true : undefined),
      () => 'not read again',
      ALLOWED_MS * 3,
    );
    first.settle();
    const again = await mails.next();
    expect(again).toMatchObject({ redelivered: true, correlationId: 'c' });
    again.settle();
    await mailbox.close();
    // What the server tells of its queues is some seconds old.
    await waitUntil(
      async () =>
        (await queues('vigil.replies.box'))[0]?.endsWith('\t0') === true ? true : undefined,
      () => 'it is still there',
      20_000,
    );
  });
});
