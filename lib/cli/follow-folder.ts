import {
  closeSync,
  fstatSync,
  type FSWatcher,
  openSync,
  readdirSync,
  readSync,
  watch,
} from 'node:fs';
import { join } from 'node:path';
import type { Clock, Timer } from '../util/clock.ts';
import { LineCutter } from '../util/line-cutter.ts';

export interface FolderFollowerOptions {
  readonly directory: string;
  readonly clock: Clock;
  /** Whether a file of that name is followed. */
  readonly accepts: (name: string) => boolean;
  readonly onLine: (name: string, line: string) => void;
}

interface Followed {
  position: number;
  readonly cutter: LineCutter;
}

const CHUNK_BYTES = 64 * 1024;
/** Not every file system tells of changes. */
const LOOK_EVERY_MS = 1000;

/**
 * Reads what is appended to the files of a folder, those included that come later.
 *
 * One watch for the whole folder: however many files there are, only those are read that were written.
 */
export class FolderFollower {
  readonly #options: FolderFollowerOptions;
  readonly #files = new Map<string, Followed>();
  #watcher: FSWatcher | null = null;
  #timer: Timer | null = null;

  /** What is there by now was written before; it is not read. */
  constructor(options: FolderFollowerOptions) {
    this.#options = options;
    for (const name of this.#list()) this.#files.set(name, this.#begin(name));
  }

  start(): void {
    try {
      this.#watcher = watch(this.#options.directory, (_event, name) => {
        if (name !== null && this.#options.accepts(name)) this.#read(name);
      });
      this.#watcher.on('error', () => {
        this.#watcher?.close();
      });
    } catch {
      // It is looked at all the same, only later.
    }
    this.#look();
  }

  /** Reads what is there, the last lines without an end included, and ends. */
  close(): void {
    this.#watcher?.close();
    this.#timer?.cancel();
    for (const name of this.#list()) {
      this.#read(name);
      for (const { text } of this.#files.get(name)?.cutter.end() ?? [])
        this.#options.onLine(name, text);
    }
  }

  #look(): void {
    for (const name of this.#list()) this.#read(name);
    this.#timer = this.#options.clock.setTimer(LOOK_EVERY_MS, () => {
      this.#look();
    });
  }

  #list(): string[] {
    try {
      return readdirSync(this.#options.directory).filter((name) => this.#options.accepts(name));
    } catch {
      return [];
    }
  }

  #begin(name: string): Followed {
    const position = this.#withFile(name, (file) => fstatSync(file).size) ?? 0;
    return { position, cutter: new LineCutter() };
  }

  #read(name: string): void {
    const followed = this.#files.get(name) ?? { position: 0, cutter: new LineCutter() };
    this.#files.set(name, followed);
    this.#withFile(name, (file) => {
      // Shorter than before: it was begun anew.
      if (fstatSync(file).size < followed.position) followed.position = 0;
      for (;;) {
        const chunk = Buffer.alloc(CHUNK_BYTES);
        const count = readSync(file, chunk, 0, CHUNK_BYTES, followed.position);
        if (count === 0) return;
        followed.position += count;
        for (const { text } of followed.cutter.push(chunk.subarray(0, count)))
          this.#options.onLine(name, text);
      }
    });
  }

  #withFile<T>(name: string, use: (file: number) => T): T | null {
    let file: number | null = null;
    try {
      file = openSync(join(this.#options.directory, name), 'r');
      return use(file);
    } catch {
      // It went meanwhile, or is not to be read.
      return null;
    } finally {
      if (file !== null) closeSync(file);
    }
  }
}
