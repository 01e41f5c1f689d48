import type {
  ConsumeOptions,
  DeathReason,
  JobConsumer,
  JobDelivery,
  JobMessage,
} from '../broker.ts';
import { chooseQueue, type JobQueue, type JobTaker } from './job-queue.ts';
import type { HeldJob } from './records.ts';

/** What becomes of a delivery. */
export interface DeliveryDesk {
  argsOf(job: HeldJob): Promise<string | undefined> | string;
  answer(job: HeldJob, body: string): Promise<'delivered' | 'gone'>;
  finish(job: HeldJob): Promise<void>;
  fail(job: HeldJob): Promise<void>;
  putBack(job: HeldJob): void;
  bury(job: HeldJob, reason: DeathReason): Promise<void>;
  /** Its deadline has passed: then it is buried, and not delivered. */
  buryIfExpired(job: HeldJob): boolean;
}

/** Somebody who takes jobs of some names, as many at once as they ask for. */
export class EmbeddedConsumer implements JobTaker, JobConsumer {
  readonly #options: ConsumeOptions;
  readonly #queues: readonly JobQueue[];
  readonly #desk: DeliveryDesk;
  readonly #held = new Map<HeldJob, JobDelivery | null>();
  /** To be handed over at the end of this turn. */
  #taken: HeldJob[] = [];
  #isStopped = false;
  #onIdle: (() => void)[] = [];

  constructor(options: ConsumeOptions, queues: readonly JobQueue[], desk: DeliveryDesk) {
    this.#options = options;
    this.#queues = queues;
    this.#desk = desk;
  }

  get hasRoom(): boolean {
    return !this.#isStopped && this.#held.size < this.#options.prefetch;
  }

  start(): void {
    for (const queue of this.#queues) queue.addTaker(this);
    this.#fill();
  }

  take(job: HeldJob): void {
    this.#held.set(job, null);
    this.#taken.push(job);
    if (this.#taken.length === 1) void this.#deliverSoon();
  }

  stop(): Promise<void> {
    this.#isStopped = true;
    for (const queue of this.#queues) queue.removeTaker(this);
    // What was taken and not yet handed over goes to somebody else.
    for (const [job, delivery] of this.#held) if (delivery === null) this.#release(job);
    return Promise.resolve();
  }

  whenIdle(): Promise<void> {
    if (this.#held.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onIdle.push(resolve));
  }

  /** Takes back whatever is not settled; it is not put into its queue. */
  abandon(): void {
    const lost = [...this.#held.values()];
    this.#held.clear();
    for (const delivery of lost) if (delivery !== null) this.#options.onLost?.(delivery);
  }

  #fill(): void {
    while (this.hasRoom) {
      const queue = chooseQueue(this.#queues);
      const job = queue?.first();
      if (queue === undefined || job === undefined) return;
      queue.remove(job);
      if (!this.#desk.buryIfExpired(job)) this.take(job);
    }
  }

  async #deliverSoon(): Promise<void> {
    await Promise.resolve();
    const taken = this.#taken;
    this.#taken = [];
    for (const job of taken) {
      const args = this.#desk.argsOf(job);
      if (typeof args === 'string') this.#deliver(job, args);
      else
        void args.then((text) => {
          this.#deliver(job, text);
        });
    }
  }

  #deliver(job: HeldJob, args: string | undefined): void {
    if (this.#held.get(job) !== null || args === undefined) return;
    const delivery = new EmbeddedDelivery(job, args, this);
    this.#held.set(job, delivery);
    try {
      this.#options.onJob(delivery);
    } catch (error) {
      // Not at the expense of those that are handed over with it.
      queueMicrotask(() => {
        throw error;
      });
    }
  }

  async answer(delivery: JobDelivery, job: HeldJob, body: string): Promise<'delivered' | 'gone'> {
    if (this.#held.get(job) !== delivery) return 'gone';
    const fate = await this.#desk.answer(job, body);
    // It may have been given up meanwhile.
    if (this.#held.get(job) === delivery) this.#forget(job);
    this.#fill();
    return fate;
  }

  async settle(
    delivery: JobDelivery,
    job: HeldJob,
    settlement: (desk: DeliveryDesk) => Promise<void> | void,
  ): Promise<void> {
    if (this.#held.get(job) !== delivery) return;
    this.#forget(job);
    const done = settlement(this.#desk);
    this.#fill();
    await done;
  }

  #release(job: HeldJob): void {
    this.#forget(job);
    this.#desk.putBack(job);
  }

  #forget(job: HeldJob): void {
    this.#held.delete(job);
    if (this.#held.size > 0) return;
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }
}

/** A job in the hands of a consumer. */
class EmbeddedDelivery implements JobDelivery {
  readonly job: JobMessage;
  readonly attempt: number;
  readonly #job: HeldJob;
  readonly #consumer: EmbeddedConsumer;

  constructor(job: HeldJob, args: string, consumer: EmbeddedConsumer) {
    const { id, name, priority, deadline, replyTo, correlationId, publishedAt } = job.head;
    this.job = { id, name, args, priority, deadline, replyTo, correlationId, publishedAt };
    this.attempt = job.failures + 1;
    this.#job = job;
    this.#consumer = consumer;
  }

  answer(body: string): Promise<'delivered' | 'gone'> {
    return this.#consumer.answer(this, this.#job, body);
  }

  ack(): Promise<void> {
    return this.#settle((desk) => desk.finish(this.#job));
  }

  retry(): Promise<void> {
    return this.#settle((desk) => desk.fail(this.#job));
  }

  release(): Promise<void> {
    return this.#settle((desk) => {
      desk.putBack(this.#job);
    });
  }

  reject(reason: DeathReason): Promise<void> {
    return this.#settle((desk) => {
      this.#job.failures += 1;
      return desk.bury(this.#job, reason);
    });
  }

  #settle(settlement: (desk: DeliveryDesk) => Promise<void> | void): Promise<void> {
    return this.#consumer.settle(this, this.#job, settlement);
  }
}
