import { VigilError } from '../../errors.ts';
import { createDeferred } from '../../util/deferred.ts';
import { IsolationWard } from './isolation-ward.ts';
import { Suspects } from './suspects.ts';
import { WorkerKeeper } from './worker-keeper.ts';
import type { WorkerPoolOptions } from './worker-pool-options.ts';

/** What stands of one process of workers at this moment. */
export interface WorkerView {
  readonly worker: string;
  readonly pid: number | null;
  readonly generation: number;
  readonly state: string;
  /** Ids of the jobs it has. */
  readonly jobs: readonly string[];
}

/**
 * Processes that run the handlers of jobs, and are kept up: one that dies or hangs is started again, what it had is
 * given back to the broker, and a job that ends its process again and again is put aside with the report of it.
 */
export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #keepers: readonly WorkerKeeper[];
  readonly #suspects = new Suspects();
  readonly #ward: IsolationWard;
  readonly #consuming = createDeferred();
  readonly #unsubscribe: () => void;
  #reason = 'the handlers cannot be loaded';
  #stopping: Promise<void> | null = null;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#ward = new IsolationWard({ pool: options, suspects: this.#suspects });
    this.#keepers = Array.from({ length: options.workers }, (_, index) =>
      this.#createKeeper(`w${String(index + 1)}`),
    );
    this.#unsubscribe = options.broker.onCancel((jobId) => {
      this.#callOff(jobId);
    });
    this.#consuming.promise.catch(() => undefined);
  }

  /**
   * Starts the processes; resolves when the first of them consumes.
   *
   * @throws ERR_JOBS_HANDLERS when the handlers cannot be loaded; nothing is left running then
   */
  async start(): Promise<void> {
    for (const keeper of this.#keepers) {
      void keeper.ended.then(({ why }) => {
        if (why !== 'asked')
          this.#consuming.reject(new VigilError('ERR_JOBS_HANDLERS', this.#reason));
      });
      keeper.start();
    }
    await this.#consuming.promise.catch(async (error: unknown) => {
      await this.stop();
      throw error;
    });
  }

  list(): readonly WorkerView[] {
    return [...this.#keepers, ...this.#ward.keepers].flatMap(({ worker, instances }) =>
      instances.map(({ life, hold }) => ({
        worker,
        pid: life.pid,
        generation: life.generation,
        state: life.state,
        jobs: hold.list().map(({ delivery }) => delivery.job.id),
      })),
    );
  }

  /** Takes no more jobs, lets those that run end, and ends the processes; the same promise each time. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop(false);
    return this.#stopping;
  }

  /** Ends the processes at once; what they had goes back. */
  kill(): Promise<void> {
    const stopped = this.stop();
    for (const keeper of [...this.#keepers, ...this.#ward.keepers]) void keeper.stop(true);
    return stopped;
  }

  async #stop(force: boolean): Promise<void> {
    this.#consuming.reject(new VigilError('ERR_SESSION_ENDED', 'the workers are ending'));
    await Promise.all([this.#ward.close(force), ...this.#keepers.map((one) => one.stop(force))]);
    await this.#ward.releaseAll();
    this.#unsubscribe();
  }

  #createKeeper(worker: string): WorkerKeeper {
    const suspects = this.#suspects;
    return new WorkerKeeper({
      pool: this.#options,
      worker,
      suspects,
      runsAlone: false,
      onSuspect: (delivery) => {
        this.#ward.admit(delivery);
      },
      onLostElsewhere: (delivery) => {
        this.#ward.lose(delivery);
      },
      onSettled: () => undefined,
      onUnloadable: (message) => {
        this.#reason = `the handlers cannot be loaded: ${message}`;
      },
      onConsumes: () => {
        this.#consuming.resolve();
      },
    });
  }

  #callOff(jobId: string): void {
    this.#ward.callOff(jobId);
    for (const { instances } of [...this.#keepers, ...this.#ward.keepers])
      for (const { hold } of instances) hold.callOff(jobId);
  }
}
