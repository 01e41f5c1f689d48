import { write } from 'node:fs';
import { type Clock, waitFor } from '../../util/clock.ts';

/** Beyond this much unwritten output the newest is dropped and counted. */
const MAX_QUEUED_BYTES = 4 * 1024 * 1024;
const RETRY_MS = 20;
const WIPE_LINE = Buffer.from('\r\x1b[K');
const NEWLINE = 10;

/**
 * Writes to a file descriptor without ever blocking the event loop.
 *
 * Node writes to pipes and terminals synchronously: a reader that stops reading would stop the
 * monitor, and through its full pipe the server. Here such output waits in a bounded queue, and a
 * reader that is gone is forgotten.
 */
export class Terminal {
  readonly #fd: number;
  readonly #clock: Clock;
  #queue: Buffer[] = [];
  #queuedBytes = 0;
  #writing: Promise<void> | null = null;
  #broken = false;
  #dropped = 0;
  #prompt: (() => void) | null = null;
  #isMidLine = false;

  constructor(fd: number, clock: Clock) {
    this.#fd = fd;
    this.#clock = clock;
  }

  /** Bytes that were not written because nobody read. */
  get dropped(): number {
    return this.#dropped;
  }

  /**
   * Shares the terminal with a prompt: it is wiped before anything is written and shown again after it.
   *
   * @param show - shows the prompt, if there is one at the moment
   */
  sharePrompt(show: () => void): void {
    this.#prompt = show;
  }

  write(data: string | Buffer): void {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    if (this.#broken || this.#queuedBytes + bytes.length > MAX_QUEUED_BYTES) {
      this.#dropped += bytes.length;
      return;
    }
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length;
    this.#writing ??= this.#drain();
  }

  /** Waits until all is written, at most `deadlineMs` milliseconds. */
  async flush(deadlineMs: number): Promise<void> {
    const done = new AbortController();
    await Promise.race([this.#writing, waitFor(this.#clock, deadlineMs, done.signal)]);
    done.abort();
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0 && !this.#broken) {
      const batch = Buffer.concat(this.#queue);
      this.#queue = [];
      // A line that is not finished yet must not be wiped with the prompt.
      const isWiped = this.#prompt !== null && !this.#isMidLine;
      await this.#writeAll(isWiped ? Buffer.concat([WIPE_LINE, batch]) : batch);
      this.#queuedBytes -= batch.length;
      this.#isMidLine = batch.at(-1) !== NEWLINE;
    }
    this.#writing = null;
    if (!this.#isMidLine) this.#prompt?.();
  }

  async #writeAll(batch: Buffer): Promise<void> {
    let at = 0;
    while (at < batch.length && !this.#broken) {
      const { error, count } = await writeOnce(this.#fd, batch.subarray(at));
      at += count;
      if (error?.code === 'EAGAIN') await waitFor(this.#clock, RETRY_MS);
      else if (error !== null) this.#broken = true;
    }
  }
}

function writeOnce(
  fd: number,
  bytes: Buffer,
): Promise<{ readonly error: NodeJS.ErrnoException | null; readonly count: number }> {
  return new Promise((resolve) => {
    write(fd, bytes, 0, bytes.length, null, (error, count) => {
      resolve({ error, count: error === null ? count : 0 });
    });
  });
}
