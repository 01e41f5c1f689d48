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

/** The ways of the jobs that came last; the oldest are forgotten, half of them at a time. */
export class JobHistories {
  readonly #max: number;
  #young = new Map<string, JobHistory>();
  #old = new Map<string, JobHistory>();
  #forgotten = 0;

  /** @param max - at the most; at least half as many are remembered */
  constructor(max: number) {
    this.#max = max;
  }

  get forgotten(): number {
    return this.#forgotten;
  }

  begin(about: Pick<JobHistory, 'id' | 'clientId' | 'name' | 'state'>): JobHistory {
    const { id, clientId, name, state } = about;
    const key = `${clientId}/${id}`;
    const history: JobHistory = { id, clientId, name, state, attempts: 0, timeline: [] };
    // An id that is used again goes to the end of the line.
    this.#old.delete(key);
    this.#young.delete(key);
    this.#young.set(key, history);
    if (this.#young.size * 2 >= this.#max) {
      this.#forgotten += this.#old.size;
      this.#old = this.#young;
      this.#young = new Map();
    }
    return history;
  }

  /** @param id - the client's, or `clientId/id` */
  find(id: string): readonly JobHistory[] {
    const exact = this.get(id);
    if (exact !== undefined) return [exact];
    return this.#all().filter((history) => history.id === id);
  }

  /** @param key - `clientId/id` */
  get(key: string): JobHistory | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  /** The latest first. */
  latest(count: number): readonly JobHistory[] {
    return this.#all().slice(-count).reverse();
  }

  #all(): readonly JobHistory[] {
    return [...this.#old.values(), ...this.#young.values()];
  }
}

/** The first hops and the last are kept. */
export function addHop({ timeline }: JobHistory, hop: JobHop): void {
  if (timeline.length >= MOST_HOPS) timeline.splice(MOST_HOPS / 2, 1);
  timeline.push(hop);
}
