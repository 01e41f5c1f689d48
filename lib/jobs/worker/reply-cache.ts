import type { Clock } from '../../util/clock.ts';
import type { JobMessage } from '../broker.ts';
import type { JobReply } from './job-reply.ts';

interface KeptReply {
  readonly reply: JobReply;
  readonly at: number;
}

/** Beyond it the oldest goes. */
const MOST_REPLIES = 10_000;
/** In characters, over all replies. */
const MOST_TEXT = 16 * 1024 * 1024;

/**
 * The replies of late: a job that comes again, because its acknowledgement was lost, is answered and not run again.
 *
 * One job is one id and one correlation: a client may give an id to another job once the first has ended.
 */
export class ReplyCache {
  readonly #clock: Clock;
  readonly #ttlMs: number;
  readonly #kept = new Map<string, KeptReply>();
  #text = 0;

  constructor(clock: Clock, ttlMs: number) {
    this.#clock = clock;
    this.#ttlMs = ttlMs;
  }

  get(job: JobMessage): JobReply | null {
    this.#forgetOld();
    return this.#kept.get(keyOf(job))?.reply ?? null;
  }

  add(job: JobMessage, reply: JobReply): void {
    const key = keyOf(job);
    this.#remove(key);
    this.#kept.set(key, { reply, at: this.#clock.now() });
    this.#text += reply.length;
    while (this.#kept.size > MOST_REPLIES || this.#text > MOST_TEXT) this.#removeOldest();
  }

  #forgetOld(): void {
    const limit = this.#clock.now() - this.#ttlMs;
    for (const [key, { at }] of this.#kept) {
      if (at > limit) return;
      this.#remove(key);
    }
  }

  #removeOldest(): void {
    const [key] = this.#kept.keys();
    if (key !== undefined) this.#remove(key);
  }

  #remove(key: string): void {
    this.#text -= this.#kept.get(key)?.reply.length ?? 0;
    this.#kept.delete(key);
  }
}

function keyOf({ id, correlationId }: JobMessage): string {
  return `${correlationId}\n${id}`;
}
