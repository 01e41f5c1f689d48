import type { Clock } from '../../util/clock.ts';
import type { JobMessage } from '../broker.ts';

const MOST_IDS = 10_000;

/** Jobs that were called off before they came: a broker that cannot look into its queues tells every worker instead. */
export class CalledOff {
  readonly #clock: Clock;
  readonly #byId = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(jobId: string): void {
    this.#byId.delete(jobId);
    this.#byId.set(jobId, this.#clock.wallTime());
    const [oldest] = this.#byId.keys();
    if (this.#byId.size > MOST_IDS && oldest !== undefined) this.#byId.delete(oldest);
  }

  /** Whether a job that has come is one of them. A client may have used the id again since: that job is another one. */
  has(job: JobMessage): boolean {
    const at = this.#byId.get(job.id);
    return at !== undefined && job.publishedAt <= at;
  }
}
