import { AsyncLocalStorage } from 'node:async_hooks';
import { format } from 'node:util';
import type { Clock, Timer } from '../../util/clock.ts';
import type { JobDelivery } from '../broker.ts';
import { setWallTimer } from '../wall-timer.ts';
import type { JobHandlers } from './job-handler.ts';
import {
  createFailureReply,
  createThrownReply,
  createValueReply,
  type JobReply,
} from './job-reply.ts';
import { ProgressLine } from './progress-line.ts';

/** Why a running job is not wanted any more. */
export type StopReason = 'cancelled' | 'timeout' | 'lost';

export interface JobRunOptions {
  readonly delivery: JobDelivery;
  readonly handler: NonNullable<ReturnType<JobHandlers['get']>>;
  readonly clock: Clock;
  readonly onProgress: (body: string) => void;
  readonly log: (line: string) => void;
}

const runningJob = new AsyncLocalStorage<string>();

/** Whose code is running at this moment; undefined when it is nobody's, or cannot be told. */
export function currentJob(): string | undefined {
  return runningJob.getStore();
}

/** One run of a handler. */
export class JobRun {
  readonly #options: JobRunOptions;
  #controller: AbortController | null = null;
  readonly #progress: ProgressLine;
  #deadline: Pick<Timer, 'cancel'> | null = null;
  #stopReason: StopReason | null = null;
  #hasEnded = false;

  constructor(options: JobRunOptions) {
    this.#options = options;
    this.#progress = new ProgressLine(options.clock, options.onProgress);
  }

  /** Runs the handler; never rejects. Null: the job is another worker's by now. */
  async run(): Promise<JobReply | null> {
    this.#armDeadline();
    const reply = await this.#runHandler();
    this.#hasEnded = true;
    this.#deadline?.cancel();
    if (this.#stopReason === 'lost') return null;
    this.#progress.end();
    if (this.#stopReason === null) return reply;
    const [code, message] = STOPPED[this.#stopReason];
    return createFailureReply(code, message);
  }

  /** Tells the handler that its job is not wanted any more; the first reason counts. */
  stop(reason: StopReason): void {
    if (this.#hasEnded || this.#stopReason !== null) return;
    this.#stopReason = reason;
    const [code, message] = STOPPED[reason];
    this.#obtainController().abort(Object.assign(new Error(message), { name: 'AbortError', code }));
  }

  async #runHandler(): Promise<JobReply> {
    const { delivery, handler } = this.#options;
    try {
      const args: unknown = JSON.parse(delivery.job.args);
      const value = await runningJob.run(delivery.job.id, () => handler(args, this.#context()));
      return createValueReply(value);
    } catch (error) {
      return createThrownReply(error);
    }
  }

  #context(): Parameters<JobRunOptions['handler']>[1] {
    const { delivery, log } = this.#options;
    const { id, name, deadline } = delivery.job;
    const obtainSignal = (): AbortSignal => this.#obtainController().signal;
    return {
      // Made when it is asked for: it costs more than most of the rest.
      get signal() {
        return obtainSignal();
      },
      jobId: id,
      attempt: delivery.attempt,
      deadline,
      progress: (value) => {
        if (!this.#hasEnded && this.#stopReason === null) this.#progress.tell(value);
      },
      log: (...values) => {
        log(`${name} ${id}: ${format(...values)}`);
      },
    };
  }

  #obtainController(): AbortController {
    this.#controller ??= new AbortController();
    return this.#controller;
  }

  #armDeadline(): void {
    const { delivery, clock } = this.#options;
    const { deadline } = delivery.job;
    if (deadline === null) return;
    this.#deadline = setWallTimer(clock, deadline, () => {
      this.stop('timeout');
    });
  }
}

const STOPPED = {
  cancelled: ['cancelled', 'the job was cancelled'],
  timeout: ['timeout', 'the deadline of the job passed while it was running'],
  lost: ['lost', 'the broker has taken the job back'],
} as const satisfies Record<StopReason, readonly [string, string]>;
