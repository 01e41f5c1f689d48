import type { Broker, JobMessage, Mail } from '../../lib/jobs/broker.ts';
import { openBroker } from '../../lib/jobs/open-broker.ts';
import { waitUntil } from '../support/wait-until.ts';
import { type RabbitCluster, startRabbit } from './rabbitmq-server.ts';

let rabbit: RabbitCluster;

beforeAll(async () => {
  rabbit = await startRabbit(3);
}, 180_000);

afterAll(() => rabbit.end());

function makeJob(id: string, replyTo: string): JobMessage {
  return {
    id,
    name: 'work',
    args: '1',
    priority: 5,
    deadline: null,
    replyTo,
    correlationId: `c-${id}`,
    publishedAt: 0,
  };
}

function waitForState(broker: Broker, state: string): Promise<true> {
  return waitUntil(
    () => (broker.state === state ? true : undefined),
    () => `the broker is ${broker.state}, not ${state}`,
    60_000,
  );
}

/** Until the broker has confirmed it: what it has not confirmed may have arrived all the same. */
async function insist(work: () => Promise<unknown>): Promise<void> {
  for (let isDone = false; !isDone;) {
    try {
      await work();
      isDone = true;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

describe('a cluster of three nodes', () => {
  it('is away to those who publish while its queues have no majority, and is there again with it', async () => {
    const [spokenTo, ...others] = rabbit.nodes;
    const broker = await openBroker(`amqp://${spokenTo?.host ?? ''}`);
    await waitForState(broker, 'up');
    const mailbox = await broker.openMailbox({ id: 'alone', onMail: () => undefined });
    await broker.consume({ names: ['alone'], prefetch: 1, onJob: () => undefined });
    const job = (id: string): JobMessage => ({ ...makeJob(id, mailbox.address), name: 'alone' });
    expect(await broker.publish(job('a/1'))).toBe('queued');

    for (const node of others) node.freeze(true);
    try {
      await expect(broker.publish(job('a/2'))).rejects.toMatchObject({ code: 'ERR_BROKER_AWAY' });
      expect(broker.state).toBe('away');
    } finally {
      for (const node of others) node.freeze(false);
    }
    await waitForState(broker, 'up');
    await insist(() => broker.publish(job('a/3')));
    await broker.close();
  }, 180_000);

  it('loses no confirmed job and no result when the node that is spoken to is killed', async () => {
    const [gateway, worker] = [await openBroker(rabbit.url), await openBroker(rabbit.url)];
    await Promise.all([waitForState(gateway, 'up'), waitForState(worker, 'up')]);
    const states: string[] = [];
    gateway.onState((state) => states.push(state));
    const results = new Set<string>();
    const mailbox = await gateway.openMailbox({
      id: 'gateway',
      onMail: (mail: Mail) => {
        results.add(mail.correlationId);
        mail.settle();
      },
    });
    await worker.consume({
      names: ['work'],
      prefetch: 20,
      onJob: (delivery) => {
        const { correlationId, replyTo } = delivery.job;
        const letter = { kind: 'result', correlationId, body: '{"ok":true,"value":1}' } as const;
        void insist(() => worker.post(replyTo, letter)).then(() => delivery.ack());
      },
    });
    const jobs = Array.from({ length: 600 }, (_, at) =>
      makeJob(`a/${String(at)}`, mailbox.address),
    );
    const publishing = (async () => {
      for (const job of jobs) await insist(() => gateway.publish(job));
    })();
    await waitUntil(
      () => (results.size > 100 ? true : undefined),
      () => `${String(results.size)} results`,
    );
    await rabbit.nodes[0]?.kill();
    await publishing;
    await waitUntil(
      () => (results.size === jobs.length ? true : undefined),
      () => `${String(results.size)} results of ${String(jobs.length)}`,
      60_000,
    );
    expect(states.slice(0, 2)).toEqual(['away', 'up']);
    await Promise.all([gateway.close(), worker.close()]);
  }, 180_000);
});
