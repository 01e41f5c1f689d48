import type { Clock } from '../../util/clock.ts';
import type { JobMessage } from '../broker.ts';
import type { JobReply } from './job-reply.ts';

interface KeptReply {
  readonly jobId: string;
  readonly reply: JobReply;
  readonly at: number;
}

/** In two generations together; beyond it the older one goes. */
const MOST_REPLIES = 10_000;
/** In characters, over all replies, and a long one more. */
const MOST_TEXT = 16 * 1024 * 1024;

/**
 * The replies of late: a job that comes again, because its acknowledgement was lost, is answered and not run again.
 *
 * One job is one id and one correlation: a client may give an id to another job once the first has ended.
 */
export class ReplyCache {
  readonly #clock: Clock;
  readonly #ttlMs: number;
  // In two generations: to take the oldest out of a map one by one costs more than the jobs themselves.
  #young = new Map<string, KeptReply>();
  #old = new Map<string, KeptReply>();
  #youngText = 0;
  #youngSince: number;

  constructor(clock: Clock, ttlMs: number) {
    this.#clock = clock;
    this.#ttlMs = ttlMs;
    this.#youngSince = clock.now();
  }

  get(job: JobMessage): JobReply | null {
    if (this.#young.size === 0 && this.#old.size === 0) return null;
    const kept = this.#young.get(job.correlationId) ?? this.#old.get(job.correlationId);
    if (kept?.jobId !== job.id) return null;
    return kept.at > this.#clock.now() - this.#ttlMs ? kept.reply : null;
  }

  add(job: JobMessage, reply: JobReply): void {
    const at = this.#clock.now();
    const isFull =
      this.#young.size * 2 >= MOST_REPLIES || (this.#youngText + reply.length) * 2 > MOST_TEXT;
    if (isFull || at - this.#youngSince >= this.#ttlMs) this.#age(at);
    this.#young.set(job.correlationId, { jobId: job.id, reply, at });
    this.#youngText += reply.length;
  }

  #age(now: number): void {
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngText = 0;
    this.#youngSince = now;
  }
}
