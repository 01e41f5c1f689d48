import type { JobMessage } from '../broker.ts';

const MOST = 10_000;

/** Jobs that may have ended a process, or did: each of them is run alone. */
export class Suspects {
  readonly #keys = new Set<string>();

  add(job: JobMessage): void {
    this.#keys.add(keyOf(job));
    const [oldest] = this.#keys;
    if (this.#keys.size > MOST && oldest !== undefined) this.#keys.delete(oldest);
  }

  has(job: JobMessage): boolean {
    return this.#keys.size > 0 && this.#keys.has(keyOf(job));
  }

  clear(job: JobMessage): void {
    this.#keys.delete(keyOf(job));
  }
}

function keyOf({ id, correlationId }: JobMessage): string {
  return `${correlationId}\n${id}`;
}
