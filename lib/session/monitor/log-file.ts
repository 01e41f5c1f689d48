import {
  createWriteStream,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  type WriteStream,
} from 'node:fs';
import { dirname } from 'node:path';

export interface LogFileOptions {
  readonly file: string;
  readonly maxBytes: number;
  /** How many older files are kept beside it: `FILE.1` is the newest of them. */
  readonly keep: number;
}

/** More than this waiting for a slow disk is dropped and counted. */
const MAX_QUEUED_BYTES = 4 * 1024 * 1024;

/** The server's output on disk: appended, rotated by size, never in the way of the server. */
export class LogFile {
  readonly #options: LogFileOptions;
  readonly #onProblem: (error: Error) => void;
  #stream: WriteStream | null = null;
  #size = 0;
  #dropped = 0;
  #failing = false;

  constructor(options: LogFileOptions, onProblem: (error: Error) => void) {
    this.#options = options;
    this.#onProblem = onProblem;
  }

  /** Bytes that were not written because the disk did not take them. */
  get dropped(): number {
    return this.#dropped;
  }

  append(chunk: Buffer): void {
    const stream = (this.#stream ??= this.#open());
    if (stream.writableLength > MAX_QUEUED_BYTES) {
      this.#dropped += chunk.length;
      return;
    }
    stream.write(chunk);
    this.#size += chunk.length;
    if (this.#size >= this.#options.maxBytes) this.#rotate();
  }

  close(): Promise<void> {
    const stream = this.#stream;
    this.#stream = null;
    if (stream === null || stream.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      stream.on('close', resolve);
      stream.end();
    });
  }

  #open(): WriteStream {
    const { file } = this.#options;
    makeFolder(dirname(file));
    this.#size = sizeOf(file);
    const stream = createWriteStream(file, { flags: 'a', mode: 0o600 });
    stream.on('error', (error) => {
      // A full disk may have room again later: the next line tries anew.
      if (this.#stream === stream) this.#stream = null;
      if (!this.#failing) this.#onProblem(error);
      this.#failing = true;
    });
    stream.on('drain', () => {
      this.#failing = false;
    });
    return stream;
  }

  #rotate(): void {
    this.#stream?.end();
    this.#stream = null;
    const { file, keep } = this.#options;
    try {
      rmSync(`${file}.${String(keep)}`, { force: true });
      for (let n = keep - 1; n >= 1; n -= 1)
        moveIfThere(`${file}.${String(n)}`, `${file}.${String(n + 1)}`);
      if (keep > 0) moveIfThere(file, `${file}.1`);
      else rmSync(file, { force: true });
    } catch (error) {
      this.#onProblem(error as Error);
    }
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch {
    // Opening the file says what is wrong.
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function moveIfThere(from: string, to: string): void {
  if (statSync(from, { throwIfNoEntry: false }) !== undefined) renameSync(from, to);
}
