import { type Clock, waitFor } from '../../util/clock.ts';
import type { Broker, JobConsumer, JobDelivery } from '../broker.ts';
import { CalledOff } from './called-off.ts';
import type { JobHandlers } from './job-handler.ts';
import { createFailureReply, type JobReply } from './job-reply.ts';
import { JobRun } from './job-run.ts';
import { ReplyCache } from './reply-cache.ts';

export interface JobWorkerOptions {
  readonly broker: Broker;
  readonly handlers: JobHandlers;
  /** How many jobs run at once, and so how many the broker hands over beforehand. */
  readonly concurrency: number;
  /** What clients are told of it. */
  readonly name: string;
  readonly clock: Clock;
  /** How long a reply is remembered for a job that comes again, milliseconds. */
  readonly replyTtlMs: number;
  /** Takes the lines of handlers. */
  readonly log: (line: string) => void;
  /** Takes what is not in order, one sentence each. */
  readonly warn: (text: string) => void;
}

const POST_AGAIN_MS = 500;

/**
 * Takes jobs from a broker, runs their handlers and posts what comes of them.
 *
 * A job is acknowledged only when its reply is kept by the broker: whatever dies in between, the job comes again.
 */
export class JobWorker {
  readonly #options: JobWorkerOptions;
  readonly #runs = new Map<JobDelivery, JobRun>();
  readonly #replies: ReplyCache;
  readonly #calledOff: CalledOff;
  readonly #ending = new Set<Promise<void>>();
  readonly #lost = new WeakSet<JobDelivery>();
  /** Those that came before it was said that they may. */
  #early: JobDelivery[] | null = [];
  #consumer: Promise<JobConsumer> | null = null;
  #unsubscribe = (): void => undefined;

  constructor(options: JobWorkerOptions) {
    this.#options = options;
    this.#replies = new ReplyCache(options.clock, options.replyTtlMs);
    this.#calledOff = new CalledOff(options.clock);
  }

  /**
   * Resolves when it consumes.
   *
   * @param onConsumes - called then, before the first job is run
   */
  async start(onConsumes = (): void => undefined): Promise<void> {
    const { broker, handlers, concurrency } = this.#options;
    this.#unsubscribe = broker.onCancel((jobId) => {
      this.#callOff(jobId);
    });
    this.#consumer = broker.consume({
      names: [...handlers.keys()],
      prefetch: concurrency,
      onJob: (delivery) => {
        if (this.#early === null) this.#begin(delivery);
        else this.#early.push(delivery);
      },
      onLost: (delivery) => {
        this.#lost.add(delivery);
        this.#runs.get(delivery)?.stop('lost');
      },
    });
    await this.#consumer;
    onConsumes();
    const early = this.#early ?? [];
    this.#early = null;
    for (const delivery of early) this.#begin(delivery);
  }

  /** Takes no more jobs; resolves when those it had have ended and their replies are kept. */
  async stop(): Promise<void> {
    // A broker that is away delivers nothing either.
    await this.#consumer?.then((consumer) => consumer.stop()).catch(() => undefined);
    while (this.#ending.size > 0) await Promise.all(this.#ending);
    this.#unsubscribe();
  }

  #begin(delivery: JobDelivery): void {
    const end = this.#handle(delivery)
      .catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        this.#options.warn(`the job ${delivery.job.id} could not be settled: ${reason}`);
      })
      .finally(() => {
        this.#ending.delete(end);
      });
    this.#ending.add(end);
  }

  async #handle(delivery: JobDelivery): Promise<void> {
    const { job } = delivery;
    if (this.#lost.has(delivery)) return;
    const known = this.#replies.get(job);
    if (known !== null) {
      await this.#settle(delivery, known);
      return;
    }
    if (this.#calledOff.has(job)) {
      await this.#settle(delivery, createFailureReply('cancelled', 'the job was cancelled'));
      return;
    }
    if (job.deadline !== null && job.deadline <= this.#options.clock.wallTime()) {
      const message = 'its deadline passed before it was run';
      await delivery.reject({ code: 'expired', message });
      return;
    }
    await this.#run(delivery);
  }

  async #run(delivery: JobDelivery): Promise<void> {
    const { broker, handlers, name, clock, log } = this.#options;
    const { job, attempt } = delivery;
    const handler = handlers.get(job.name);
    if (handler === undefined) {
      await delivery.reject({ code: 'rejected', message: `no worker has a handler "${job.name}"` });
      return;
    }
    const tell = (kind: 'started' | 'progress', body: string): void => {
      broker.tell(job.replyTo, { kind, correlationId: job.correlationId, body });
    };
    tell('started', JSON.stringify({ worker: name, attempt }));
    const run = new JobRun({
      delivery,
      handler,
      clock,
      log,
      onProgress: (body) => {
        tell('progress', body);
      },
    });
    this.#runs.set(delivery, run);
    const reply = await run.run();
    this.#runs.delete(delivery);
    if (reply === null) return;
    this.#replies.add(job, reply);
    await this.#settle(delivery, reply);
  }

  /** Until the reply is kept, or the job is another worker's. */
  async #settle(delivery: JobDelivery, reply: JobReply): Promise<void> {
    const { broker, clock, warn } = this.#options;
    const { id } = delivery.job;
    for (let failures = 0; !this.#lost.has(delivery); failures += 1) {
      try {
        const fate = await delivery.answer(reply);
        if (fate === 'gone') warn(`nobody is left who waits for the result of the job ${id}`);
        return;
      } catch (error) {
        if (broker.state === 'closed') return;
        if (failures === 0)
          warn(`the result of the job ${id} is not kept yet: ${(error as Error).message}`);
        await waitFor(clock, POST_AGAIN_MS);
      }
    }
  }

  #callOff(jobId: string): void {
    this.#calledOff.add(jobId);
    for (const [{ job }, run] of this.#runs) if (job.id === jobId) run.stop('cancelled');
  }
}
