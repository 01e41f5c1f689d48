import type { BrokerSettings, DeathReason, JobDelivery, JobMessage } from '../broker.ts';
import type { AmqpLine } from './amqp-line.ts';
import { deadEnvelope, jobEnvelope } from './job-envelope.ts';
import type { Channel } from './rabbitmq-adapter.ts';
import { DEAD_EXCHANGE, jobQueue } from './topology.ts';

export interface AmqpDeliveryParts {
  readonly line: AmqpLine;
  readonly settings: BrokerSettings;
  /** The one it came on: there alone it can be settled. */
  readonly channel: Channel;
  readonly deliveryTag: number;
  readonly failures: number;
  /** False when it was settled before, or lost. */
  readonly leave: () => boolean;
  /** After `leave`, once the server has been told. */
  readonly onSettled: () => void;
}

/** A job from a queue of RabbitMQ. */
export class AmqpDelivery implements JobDelivery {
  readonly job: JobMessage;
  readonly #parts: AmqpDeliveryParts;

  constructor(job: JobMessage, parts: AmqpDeliveryParts) {
    this.job = job;
    this.#parts = parts;
  }

  get attempt(): number {
    return this.#parts.failures + 1;
  }

  ack(): Promise<void> {
    return this.#settle(() => undefined);
  }

  async retry(): Promise<void> {
    if (this.attempt >= this.#parts.settings.maxDeliveries) {
      await this.#bury(LOST);
      return;
    }
    if (!this.#parts.leave()) return;
    this.#do('basicNack');
    this.#parts.onSettled();
  }

  // The server counts whatever comes back: a copy of the message has not been counted.
  release(): Promise<void> {
    const { line, failures } = this.#parts;
    return this.#settle(async () => {
      const envelope = jobEnvelope(this.job, failures, line.clock.wallTime());
      const routingKey = jobQueue(this.job.name, this.job.priority);
      await line.send({ ...envelope, routingKey }, this.job.args);
    });
  }

  reject(reason: DeathReason): Promise<void> {
    return this.#bury(reason);
  }

  #bury(reason: DeathReason): Promise<void> {
    const { line, failures } = this.#parts;
    const diedAt = line.clock.wallTime();
    const attempts = failures + 1;
    const envelope = deadEnvelope({ job: this.job, reason, attempts, diedAt }, diedAt);
    return this.#settle(async () => {
      await line.send({ ...envelope, exchange: DEAD_EXCHANGE, routingKey: '' }, this.job.args);
    });
  }

  /** The server forgets the message once that is done; when it fails the message comes back. */
  async #settle(before: () => Promise<void> | undefined): Promise<void> {
    if (!this.#parts.leave()) return;
    let verb: 'basicAck' | 'basicNack' = 'basicNack';
    try {
      await before();
      verb = 'basicAck';
    } finally {
      this.#do(verb);
      this.#parts.onSettled();
    }
  }

  #do(verb: 'basicAck' | 'basicNack'): void {
    const { channel, deliveryTag } = this.#parts;
    // Otherwise the server has it back already.
    if (channel.active) channel[verb]({ deliveryTag });
  }
}

const LOST: DeathReason = {
  code: 'worker_lost',
  message: 'as many workers as may be were lost, or gave up, while they had it',
};
