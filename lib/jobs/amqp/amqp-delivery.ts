import { waitFor } from '../../util/clock.ts';
import type { BrokerSettings, DeathReason, JobDelivery, JobMessage } from '../broker.ts';
import type { Acknowledger } from './acknowledger.ts';
import type { AmqpLine } from './amqp-line.ts';
import { deadEnvelope, jobEnvelope, letterEnvelope } from './job-envelope.ts';
import { JobLease } from './job-lease.ts';
import type { Channel } from './rabbitmq-adapter.ts';
import { DEAD_EXCHANGE, jobQueue } from './topology.ts';

export interface AmqpDeliveryParts {
  readonly line: AmqpLine;
  readonly settings: BrokerSettings;
  /** The one it came on: there alone it can be settled. */
  readonly channel: Channel;
  /** Of that channel. */
  readonly acknowledger: Acknowledger;
  readonly deliveryTag: number;
  readonly failures: number;
  readonly isHeld: () => boolean;
  /** False when it was settled before, or lost. */
  readonly leave: () => boolean;
  /** After `leave`, once the server has been told. */
  readonly onSettled: () => void;
}

/** A job from a queue of RabbitMQ. */
export class AmqpDelivery implements JobDelivery {
  readonly job: JobMessage;
  readonly #parts: AmqpDeliveryParts;
  #lease: JobLease | null = null;
  #leasing: Promise<void> | null = null;
  #isLeased = false;
  #keptAt: number;

  constructor(job: JobMessage, parts: AmqpDeliveryParts) {
    this.job = job;
    this.#parts = parts;
    this.#keptAt = parts.line.clock.now();
  }

  get attempt(): number {
    return this.#parts.failures + 1;
  }

  /** It is kept by a lease, and no longer by its channel. */
  get isLeased(): boolean {
    return this.#isLeased;
  }

  /** The lease has run out: another worker gets it. */
  get isForfeit(): boolean {
    const isRenewed = this.#leasing !== null;
    return this.#isLeased && !isRenewed && this.#lease?.hasEnded === true;
  }

  /** Since it was delivered, or its lease last renewed, in milliseconds. */
  get keptForMs(): number {
    return this.#parts.line.clock.now() - this.#keptAt;
  }

  /** Has the server keep it by a lease of so long from now on. It never rejects: who looks again tries again. */
  lease(leaseMs: number): Promise<void> {
    this.#leasing ??= this.#takeLease(leaseMs)
      .catch(() => undefined)
      .finally(() => {
        this.#leasing = null;
      });
    return this.#leasing;
  }

  async answer(body: string): Promise<'delivered' | 'gone'> {
    if (!this.#parts.isHeld()) return 'gone';
    const { replyTo, correlationId } = this.job;
    const envelope = letterEnvelope({ kind: 'result', correlationId, body });
    const fate = await this.#parts.line.send({ ...envelope, routingKey: replyTo }, body);
    await this.ack();
    return fate === 'routed' ? 'delivered' : 'gone';
  }

  ack(): Promise<void> {
    return this.#settle(() => undefined);
  }

  async retry(): Promise<void> {
    if (this.attempt >= this.#parts.settings.maxDeliveries) {
      await this.#bury(LOST);
      return;
    }
    await this.#settle(() => (this.#isLeased ? this.#sendBack(this.attempt) : 'nack'));
  }

  // The server counts whatever comes back: a copy of the message has not been counted.
  release(): Promise<void> {
    return this.#settle(() => this.#sendBack(this.#parts.failures));
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

  async #sendBack(failures: number): Promise<void> {
    const { line } = this.#parts;
    const envelope = jobEnvelope(this.job, failures, line.clock.wallTime());
    const routingKey = jobQueue(this.job.name, this.job.priority);
    await line.send({ ...envelope, routingKey }, this.job.args);
  }

  /** The server forgets the message once that is done; when it fails the message comes back. */
  async #settle(before: () => Promise<void> | 'nack' | undefined): Promise<void> {
    if (!this.#parts.leave()) return;
    let verb: Verb = 'nack';
    try {
      verb = (await before()) ?? 'ack';
    } finally {
      if (this.#lease === null) this.#do(verb);
      else await this.#endLease(this.#lease, verb);
      this.#parts.onSettled();
    }
  }

  #do(verb: Verb): void {
    const { acknowledger, deliveryTag } = this.#parts;
    acknowledger[verb](deliveryTag);
  }

  async #takeLease(leaseMs: number): Promise<void> {
    const { line, channel, failures } = this.#parts;
    this.#lease ??= new JobLease(this.job, failures + 1, { line, leaseMs });
    try {
      await this.#lease.renew();
      this.#keptAt = line.clock.now();
      if (!this.#isLeased && channel.active) {
        this.#do('ack');
        this.#isLeased = true;
      }
    } finally {
      // The server has put the delivery itself back.
      if (!this.#isLeased && !channel.active) await this.#drop(this.#lease);
    }
  }

  async #endLease(lease: JobLease, verb: Verb): Promise<void> {
    await this.#leasing;
    if (!this.#isLeased) this.#do(verb);
    // What was not done comes back when the lease runs out.
    else if (verb === 'nack') return;
    await this.#drop(lease);
  }

  async #drop(lease: JobLease): Promise<void> {
    const { line } = this.#parts;
    while (!lease.isOver && line.state !== 'closed') {
      try {
        await lease.end();
        return;
      } catch {
        await waitFor(line.clock, TRY_AGAIN_MS);
      }
    }
  }
}

type Verb = 'ack' | 'nack';

const TRY_AGAIN_MS = 500;

const LOST: DeathReason = {
  code: 'worker_lost',
  message: 'as many workers as may be were lost, or gave up, while they had it',
};
