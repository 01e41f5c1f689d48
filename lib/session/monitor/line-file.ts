import { mkdir, open, type FileHandle, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Clock, type Timer, waitFor } from '../../util/clock.ts';
import { moveAside } from '../../util/move-aside.ts';

export interface LineFileOptions {
  readonly file: string;
  readonly clock: Clock;
  /** Size from which it is moved aside. */
  readonly maxBytes: number;
  /** How many older files are kept beside it: `FILE.1` is the newest of them. */
  readonly keep: number;
  /** Told once when it cannot be written, and again only after it could. */
  readonly onProblem: (error: Error) => void;
  /** Lines were dropped while it could not be written, after all those that are in the file now. */
  readonly onGap: (lines: number) => void;
}

/** What waits for a disk that is full or slow; the lines that come when so much waits are dropped and counted. */
const MAX_QUEUED_BYTES = 1024 * 1024;
const RETRY_MS = 1000;
/** How long the end waits for a disk that does not answer. */
const CLOSE_MS = 2000;
const NEWLINE = 0x0a;

/**
 * A file of whole lines: appended, rotated by size, written anew when somebody moved it away or cut it short.
 *
 * A part of a line is never left behind nor written on to: what a full disk took of a batch is cut off again.
 */
export class LineFile {
  readonly #options: LineFileOptions;
  #queue: string[] = [];
  #queuedBytes = 0;
  #dropped = 0;
  #handle: FileHandle | null = null;
  /** As it was left. */
  #size = -1;
  /** It is known already that it cannot be written. */
  #isFailing = false;
  /** What cannot be written from now on is not tried again: the folder may be somebody else's by then. */
  #isClosed = false;
  /** There while the next try is waited for. */
  #retry: Timer | null = null;
  /** Settles when nothing is being written any more; null when nothing is. */
  #writing: Promise<void> | null = null;

  constructor(options: LineFileOptions) {
    this.#options = options;
  }

  /** @param line - without its line break */
  append(line: string): void {
    const bytes = Buffer.byteLength(line) + 1;
    // Once one is dropped, so are those after it until there is room: there is one gap, at the end.
    if (this.#dropped > 0 || this.#queuedBytes + bytes > MAX_QUEUED_BYTES) this.#dropped += 1;
    else {
      this.#queue.push(line);
      this.#queuedBytes += bytes;
    }
    if (this.#retry === null) this.#begin();
  }

  /** Writes what waits, if that can be done in a moment. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#retry?.cancel();
    const end = async (): Promise<void> => {
      await this.#writing;
      this.#begin();
      await this.#writing;
      await this.#release();
    };
    const patience = new AbortController();
    await Promise.race([end(), waitFor(this.#options.clock, CLOSE_MS, patience.signal)]);
    patience.abort();
  }

  #begin(): void {
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null;
    });
  }

  async #writeAll(): Promise<void> {
    // What is told while it is written comes back as lines.
    while (this.#queue.length > 0 || this.#dropped > 0) {
      try {
        await this.#writeBatch();
      } catch (error) {
        await this.#fail(error as Error);
        return;
      }
      this.#isFailing = false;
      this.#tellGap();
    }
  }

  async #writeBatch(): Promise<void> {
    const count = this.#queue.length;
    const bytes = Buffer.from(this.#queue.map((line) => `${line}\n`).join(''));
    const handle = await this.#open();
    const { size } = await handle.stat();
    const isTorn = size !== this.#size && (await endsInsideLine(handle, size));
    try {
      await handle.appendFile(isTorn ? Buffer.concat([Buffer.from('\n'), bytes]) : bytes);
    } catch (error) {
      await handle.truncate(size).catch(() => undefined);
      throw error;
    }
    this.#size = size + bytes.length + (isTorn ? 1 : 0);
    this.#queue = this.#queue.slice(count);
    this.#queuedBytes -= bytes.length;
    if (this.#size >= this.#options.maxBytes) await this.#rotate();
  }

  /** The file that bears the name: another one if somebody moved it away. */
  async #open(): Promise<FileHandle> {
    const { file } = this.#options;
    if (this.#handle !== null) {
      const [named, opened] = await Promise.all([
        stat(file).catch(() => null),
        this.#handle.stat(),
      ]);
      if (named?.ino === opened.ino && named.dev === opened.dev) return this.#handle;
      await this.#release();
    }
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    this.#handle = await open(file, 'a+', 0o600);
    return this.#handle;
  }

  async #release(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    this.#size = -1;
    await handle?.close().catch(() => undefined);
  }

  async #fail(error: Error): Promise<void> {
    await this.#release();
    if (!this.#isFailing) this.#options.onProblem(error);
    this.#isFailing = true;
    this.#retry?.cancel();
    this.#retry = null;
    if (this.#isClosed) return;
    this.#retry = this.#options.clock.setTimer(RETRY_MS, () => {
      this.#retry = null;
      this.#begin();
    });
    this.#retry.unref();
  }

  #tellGap(): void {
    if (this.#queue.length > 0 || this.#dropped === 0) return;
    const dropped = this.#dropped;
    this.#dropped = 0;
    this.#options.onGap(dropped);
  }

  async #rotate(): Promise<void> {
    const { file, keep } = this.#options;
    await this.#release();
    await moveAside(file, keep);
  }
}

async function endsInsideLine(handle: FileHandle, size: number): Promise<boolean> {
  if (size === 0) return false;
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return bytesRead === 1 && buffer[0] !== NEWLINE;
}
