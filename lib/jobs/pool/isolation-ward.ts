import type { Timer } from '../../util/clock.ts';
import type { JobDelivery } from '../broker.ts';
import { endJob } from './settle-fates.ts';
import type { Suspects } from './suspects.ts';
import { WorkerKeeper } from './worker-keeper.ts';
import type { WorkerPoolOptions } from './worker-pool-options.ts';

export interface IsolationWardOptions {
  readonly pool: WorkerPoolOptions;
  readonly suspects: Suspects;
}

/** A process that has nobody to run goes after so long. */
const IDLE_MS = 30_000;
/** So that a few that take hours do not hold up the others. */
const LEAST_PROCESSES = 4;

/**
 * Runs the jobs that may have ended a process, each alone in one of its own: whether it was to blame is certain then,
 * and no other job pays for it. As many at once as there are processes of workers, and up to four in any case.
 */
export class IsolationWard {
  readonly #options: IsolationWardOptions;
  readonly #queue: JobDelivery[] = [];
  readonly #keepers = new Set<WorkerKeeper>();
  readonly #leaving = new Set<Promise<unknown>>();
  #number = 0;
  #idle: Timer | null = null;
  #isClosed = false;

  constructor(options: IsolationWardOptions) {
    this.#options = options;
  }

  get keepers(): readonly WorkerKeeper[] {
    return [...this.#keepers];
  }

  /** How many wait. */
  get waiting(): number {
    return this.#queue.length;
  }

  admit(delivery: JobDelivery): void {
    this.#queue.push(delivery);
    this.#pump();
  }

  /** The broker has taken a delivery back. */
  lose(delivery: JobDelivery): void {
    const at = this.#queue.indexOf(delivery);
    if (at >= 0) this.#queue.splice(at, 1);
    else this.#keepers.forEach(({ current }) => current?.lose(delivery));
  }

  /** Nobody wants the job any more: whoever waits here with that id is ended. */
  callOff(jobId: string): void {
    const { broker, warn } = this.#options.pool;
    for (const delivery of this.#queue.filter(({ job }) => job.id === jobId)) {
      this.#queue.splice(this.#queue.indexOf(delivery), 1);
      void endJob(delivery, 'cancelled', broker).catch((error: unknown) => {
        warn(`the job ${jobId} could not be cancelled: ${(error as Error).message}`);
      });
    }
  }

  /** Starts nobody any more, and ends the processes once they have finished. */
  async close(force: boolean): Promise<void> {
    this.#isClosed = true;
    this.#idle?.cancel();
    await Promise.all([...this.#keepers].map((keeper) => keeper.stop(force)));
    await Promise.all(this.#leaving);
  }

  /** Gives back who waits: not before nobody consumes any more, or they would come again at once. */
  async releaseAll(): Promise<void> {
    await Promise.all(this.#queue.splice(0).map((delivery) => this.#release(delivery)));
  }

  #pump(): void {
    if (this.#isClosed) return;
    for (const { current } of this.#keepers) {
      const delivery = current?.isFree === true ? this.#queue.shift() : undefined;
      if (delivery !== undefined) current?.give(delivery);
    }
    const running = [...this.#keepers].filter(({ current }) => (current?.hold.size ?? 0) > 0);
    const coming = this.#keepers.size - running.length;
    if (this.#queue.length === 0) this.#armIdle(running.length);
    else if (this.#queue.length > coming && this.#keepers.size < this.#most) this.#startOne();
  }

  get #most(): number {
    return Math.max(this.#options.pool.workers, LEAST_PROCESSES);
  }

  #startOne(): void {
    const { pool, suspects } = this.#options;
    this.#number += 1;
    const keeper = new WorkerKeeper({
      pool,
      suspects,
      worker: `alone-${String(this.#number)}`,
      runsAlone: true,
      onSuspect: () => undefined,
      onLostElsewhere: () => undefined,
      onUnloadable: (message) => {
        pool.warn(`the handlers cannot be loaded: ${message}`);
      },
      onConsumes: () => {
        this.#pump();
      },
      onSettled: ({ job }) => {
        suspects.clear(job);
        queueMicrotask(() => {
          this.#pump();
        });
      },
    });
    this.#keepers.add(keeper);
    void keeper.ended.then(() => {
      this.#keepers.delete(keeper);
      this.#pump();
    });
    keeper.start();
  }

  #armIdle(running: number): void {
    this.#idle?.cancel();
    this.#idle = null;
    if (running > 0 || this.#keepers.size === 0) return;
    this.#idle = this.#options.pool.clock.setTimer(IDLE_MS, () => {
      for (const keeper of this.#keepers) {
        this.#keepers.delete(keeper);
        const leaving = keeper.stop(false).finally(() => this.#leaving.delete(leaving));
        this.#leaving.add(leaving);
      }
    });
    this.#idle.unref();
  }

  async #release(delivery: JobDelivery): Promise<void> {
    await delivery.release().catch((error: unknown) => {
      const { id } = delivery.job;
      this.#options.pool.warn(`the job ${id} could not be given back: ${(error as Error).message}`);
    });
  }
}
