import type { JobState } from '../job-machine.ts';

/** One thing that happened to a job on its way. */
export interface JobHop {
  /** ISO time. */
  readonly at: string;
  /** Where: `client`, `gateway`, `broker` or `worker`. */
  readonly hop: 'client' | 'gateway' | 'broker' | 'worker';
  readonly detail: string;
}

/** What is known of a job and of its way. */
export interface JobHistory {
  readonly id: string;
  readonly clientId: string;
  readonly name: string;
  state: JobState;
  attempts: number;
  readonly timeline: JobHop[];
}

const MOST_HOPS = 40;

/** The ways of the jobs that came last; the oldest are forgotten. */
export class JobHistories {
  readonly #max: number;
  readonly #byJob = new Map<string, JobHistory>();
  #forgotten = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get forgotten(): number {
    return this.#forgotten;
  }

  begin(about: Pick<JobHistory, 'id' | 'clientId' | 'name' | 'state'>): JobHistory {
    const key = `${about.clientId}/${about.id}`;
    const history: JobHistory = { ...about, attempts: 0, timeline: [] };
    // An id that is used again goes to the end of the line.
    this.#byJob.delete(key);
    this.#byJob.set(key, history);
    if (this.#byJob.size > this.#max) {
      const [oldest] = this.#byJob.keys();
      this.#byJob.delete(oldest ?? '');
      this.#forgotten += 1;
    }
    return history;
  }

  /** @param id - the client's, or `clientId/id` */
  find(id: string): readonly JobHistory[] {
    const exact = this.#byJob.get(id);
    if (exact !== undefined) return [exact];
    return [...this.#byJob.values()].filter((history) => history.id === id);
  }

  /** The latest first. */
  latest(count: number): readonly JobHistory[] {
    return [...this.#byJob.values()].slice(-count).reverse();
  }
}

/** The first hops and the last are kept. */
export function addHop({ timeline }: JobHistory, hop: JobHop): void {
  if (timeline.length >= MOST_HOPS) timeline.splice(MOST_HOPS / 2, 1);
  timeline.push(hop);
}
