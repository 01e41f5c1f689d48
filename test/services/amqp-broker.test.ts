import type { Broker } from '../../lib/jobs/broker.ts';
import { openBroker } from '../../lib/jobs/open-broker.ts';
import { describeBroker } from '../jobs/broker-conformance.ts';
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
