import type { BrokerSettings } from '../broker.ts';
import type { AmqpLine } from './amqp-line.ts';
import { declareQueue } from './queue-reader.ts';
import {
  CALLS_EXCHANGE,
  DEAD_EXCHANGE,
  DEAD_QUEUE,
  DEATHS_QUEUE,
  declareDead,
  declareDeaths,
  JOBS_EXCHANGE,
} from './topology.ts';

/** Makes what everything else stands on. */
export async function setUpTopology(line: AmqpLine, settings: BrokerSettings): Promise<void> {
  await declareQueue(line, declareDead(settings));
  await declareQueue(line, declareDeaths(settings));
  await line.withChannel(async (channel) => {
    await channel.exchangeDeclare({ exchange: JOBS_EXCHANGE, type: 'direct', durable: true });
    await channel.exchangeDeclare({ exchange: DEAD_EXCHANGE, type: 'fanout', durable: true });
    await channel.exchangeDeclare({ exchange: CALLS_EXCHANGE, type: 'fanout', durable: true });
    await channel.queueBind({ queue: DEAD_QUEUE, exchange: DEAD_EXCHANGE, routingKey: '' });
    await channel.queueBind({ queue: DEATHS_QUEUE, exchange: DEAD_EXCHANGE, routingKey: '' });
  });
}
