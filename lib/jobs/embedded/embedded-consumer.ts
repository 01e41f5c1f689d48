import type { ConsumeOptions, DeathReason, JobConsumer, JobDelivery } from '../broker.ts';
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
    const delivery = this.#deliveryOf(job, args);
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

  #deliveryOf(job: HeldJob, args: string): JobDelivery {
    const settle = async (settlement: () => Promise<void> | void): Promise<void> => {
      if (this.#held.get(job) !== delivery) return;
      this.#forget(job);
      const done = settlement();
      this.#fill();
      await done;
    };
    const delivery: JobDelivery = {
      job: { ...job.head, args },
      attempt: job.failures + 1,
      answer: async (body) => {
        if (this.#held.get(job) !== delivery) return 'gone';
        const fate = await this.#desk.answer(job, body);
        // It may have been given up meanwhile.
        if (this.#held.get(job) === delivery) this.#forget(job);
        this.#fill();
        return fate;
      },
      ack: () => settle(() => this.#desk.finish(job)),
      retry: () => settle(() => this.#desk.fail(job)),
      release: () =>
        settle(() => {
          this.#desk.putBack(job);
        }),
      reject: (reason) =>
        settle(() => {
          job.failures += 1;
          return this.#desk.bury(job, reason);
        }),
    };
    return delivery;
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
