import type { BrokerSettings, Letter } from '../broker.ts';
import type { AmqpLine } from './amqp-line.ts';
import { parseDead } from './job-envelope.ts';
import { QueueReader } from './queue-reader.ts';
import type { AsyncMessage } from './rabbitmq-adapter.ts';
import { CALLS_EXCHANGE, DEATHS_QUEUE } from './topology.ts';

export interface CallListeners {
  readonly onCancel: (jobId: string) => void;
  readonly onQueue: (name: string, priority: number) => void;
}

/** Hears what is said to every process: to be set up on each connection. */
export function createCallReader(line: AmqpLine, listeners: CallListeners): QueueReader {
  return new QueueReader(line, {
    declare: async (channel) => {
      const { queue } = await channel.queueDeclare({ queue: '', exclusive: true });
      await channel.queueBind({ queue, exchange: CALLS_EXCHANGE, routingKey: '' });
      return queue;
    },
    prefetch: 0,
    noAck: true,
    onMessage: (message) => {
      hear(message, listeners);
    },
  });
}

/** Tells the mailboxes of the jobs that have died, whoever has declared them dead. */
export function createDeathReader(
  line: AmqpLine,
  settings: BrokerSettings,
  post: (address: string, letter: Letter) => Promise<unknown>,
): QueueReader {
  return new QueueReader(line, {
    declare: () => Promise.resolve(DEATHS_QUEUE),
    prefetch: 100,
    onMessage: (message, acknowledge) => {
      const dead = parseDead(message, settings.maxDeliveries);
      if (dead === null) {
        acknowledge();
        return;
      }
      const { replyTo, correlationId } = dead.job;
      const letter: Letter = { kind: 'death', correlationId, body: JSON.stringify(dead.reason) };
      // What cannot be sent now is read again on the next connection.
      post(replyTo, letter).then(acknowledge, () => undefined);
    },
  });
}

function hear(message: AsyncMessage, listeners: CallListeners): void {
  const { type, messageId, headers } = message;
  if (type === 'cancel' && messageId !== undefined) listeners.onCancel(messageId);
  const { name, priority } = (headers ?? {}) as { name?: unknown; priority?: unknown };
  if (type === 'queue' && typeof name === 'string' && typeof priority === 'number')
    listeners.onQueue(name, priority);
}
