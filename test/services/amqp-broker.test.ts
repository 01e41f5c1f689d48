import type { Broker } from '../../lib/jobs/broker.ts';
import { openBroker } from '../../lib/jobs/open-broker.ts';
import { createJob } from '../jobs/a-job.ts';
import { describeBroker } from '../jobs/broker-conformance.ts';
import { waitUntil } from '../support/wait-until.ts';
import { type RabbitCluster, startRabbit } from './rabbitmq-server.ts';

let rabbit: RabbitCluster;

beforeAll(async () => {
  rabbit = await startRabbit();
}, 90_000);

afterAll(() => rabbit.end());

/** Waits until it can be used. */
async function untilUp(broker: Broker): Promise<Broker> {
  if (broker.state === 'up') return broker;
  await new Promise<void>((resolve) => {
    const forget = broker.onState((state) => {
      if (state !== 'up') return;
      forget();
      resolve();
    });
  });
  return broker;
}

describeBroker('amqp: on RabbitMQ', async (settings) => {
  const brokers: Broker[] = [];
  return {
    connect: async () => {
      const broker = await untilUp(await openBroker(rabbit.url, settings));
      brokers.push(broker);
      return broker;
    },
    // What the server sees of a process that is killed: its connection is gone.
    kill: (broker) => broker.close(),
    end: async () => {
      await Promise.all(brokers.map((broker) => broker.close()));
    },
  };
});

test('dead letters are looked at anew when their number has changed, and found though another looks at them', async () => {
  const [one, other] = [
    await untilUp(await openBroker(rabbit.url)),
    await untilUp(await openBroker(rabbit.url)),
  ];
  const name = 'looked-at';
  const consumer = await one.consume({
    names: [name],
    prefetch: 10,
    onJob: (delivery) => void delivery.reject({ code: 'rejected', message: 'no' }),
  });
  const look = async (): Promise<readonly string[]> =>
    (await one.dead.list({ mayBeOld: true }))
      .filter(({ job }) => job.name === name)
      .map(({ job }) => job.id)
      .sort();
  const untilDead = (ids: readonly string[]): Promise<true> =>
    waitUntil(
      async () => (JSON.stringify(await look()) === JSON.stringify(ids) ? true : undefined),
      () => `not dead: ${ids.join()}`,
    );
  for (const id of ['c/1', 'c/2', 'c/3']) {
    await one.publish(createJob({ name, id }));
    await untilDead(['c/1', 'c/2', 'c/3'].slice(0, Number(id.at(-1))));
  }
  expect(await look()).toEqual(['c/1', 'c/2', 'c/3']);
  await consumer.stop();
  const looking = one.dead.list();
  expect(await other.dead.remove('c/2')).toBe(true);
  await looking;
  await untilDead(['c/1', 'c/3']);
  for (const id of ['c/1', 'c/3']) expect(await one.dead.remove(id)).toBe(true);
  expect([await look(), await other.dead.remove('c/1')]).toEqual([[], false]);
  await Promise.all([one.close(), other.close()]);
});
