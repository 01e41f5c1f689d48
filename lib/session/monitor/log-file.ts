import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { moveAside } from '../../util/move-aside.ts';

export interface LogFileOptions {
  readonly file: string;
  readonly maxBytes: number;
  /** How many older files are kept beside it: `FILE.1` is the newest of them. */
  readonly keep: number;
}

/** More than this waiting for a slow disk is dropped and counted. */
const MAX_QUEUED_BYTES = 4 * 1024 * 1024;

/**
 * The server's output on disk: appended, rotated by size, never in the way of the server.
 *
 * A file is moved aside only when all of it is written: who follows it has read all of it then, or can.
 */
export class LogFile {
  readonly #options: LogFileOptions;
  readonly #onProblem: (error: Error) => void;
  #queue: Buffer[] = [];
  #queuedBytes = 0;
  #handle: FileHandle | null = null;
  #size = 0;
  #dropped = 0;
  #isFailing = false;
  /** Settles when nothing is being written any more; null when nothing is. */
  #writing: Promise<void> | null = null;

  constructor(options: LogFileOptions, onProblem: (error: Error) => void) {
    this.#options = options;
    this.#onProblem = onProblem;
  }

  /** Bytes that were not written because the disk did not take them. */
  get dropped(): number {
    return this.#dropped;
  }

  append(chunk: Buffer): void {
    if (this.#queuedBytes + chunk.length > MAX_QUEUED_BYTES) {
      this.#dropped += chunk.length;
      return;
    }
    this.#queue.push(chunk);
    this.#queuedBytes += chunk.length;
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null;
    });
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#release();
  }

  async #writeAll(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#takeBatch();
      const isWritten = await this.#isDone(() => this.#write(batch));
      if (!isWritten) this.#dropped += batch.length;
      this.#queuedBytes -= batch.length;
      const isFull = isWritten && this.#size >= this.#options.maxBytes;
      const isMoved = !isFull || (await this.#isDone(() => this.#rotate()));
      if (isWritten && isMoved) this.#isFailing = false;
    }
  }

  /** A full disk may have room again later: the next lines try anew. */
  async #isDone(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      await this.#release();
      if (!this.#isFailing) this.#onProblem(error as Error);
      this.#isFailing = true;
      return false;
    }
  }

  /** What fills the file, and is not more than what waits. */
  #takeBatch(): Buffer {
    const room = this.#options.maxBytes - this.#size;
    let [count, bytes] = [0, 0];
    while (count < this.#queue.length && (count === 0 || bytes < room)) {
      bytes += this.#queue[count]?.length ?? 0;
      count += 1;
    }
    return Buffer.concat(this.#queue.splice(0, count));
  }

  async #write(batch: Buffer): Promise<void> {
    this.#handle ??= await this.#open();
    await this.#handle.appendFile(batch);
    this.#size += batch.length;
  }

  async #open(): Promise<FileHandle> {
    const { file } = this.#options;
    // Opening the file says what is wrong.
    await mkdir(dirname(file), { recursive: true, mode: 0o700 }).catch(() => undefined);
    const handle = await open(file, 'a', 0o600);
    this.#size = (await handle.stat()).size;
    return handle;
  }

  async #release(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    this.#size = 0;
    await handle?.close().catch(() => undefined);
  }

  async #rotate(): Promise<void> {
    const { file, keep } = this.#options;
    await this.#release();
    await moveAside(file, keep);
  }
}
