import { readFileSync } from 'node:fs';
import { writeFileWhole } from './durable-file.ts';

export interface RecordFileParts<T> {
  readonly path: string;
  /** What there is to load without a file, or with one that is none of ours. */
  readonly empty: T;
  /** Reads what is on disk with suspicion. @throws when it is nothing of ours */
  readonly parse: (value: unknown) => T;
  /** Asked at each write for what is to be kept. */
  readonly read: () => unknown;
  readonly onProblem: (error: Error) => void;
}

/** Keeps a record on disk: written whole, one write at a time, the newest always last. */
export class RecordFile<T> {
  readonly #parts: RecordFileParts<T>;
  #writing: Promise<void> | null = null;
  #isStale = false;

  constructor(parts: RecordFileParts<T>) {
    this.#parts = parts;
  }

  /** What was kept before. */
  load(): T {
    const { path, parse, empty, onProblem } = this.#parts;
    try {
      return parse(JSON.parse(readFileSync(path, 'utf8')));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') onProblem(error as Error);
      return empty;
    }
  }

  /** Resolves when what is the case now is on disk. */
  save(): Promise<void> {
    this.#isStale = true;
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null;
    });
    return this.#writing;
  }

  async #writeAll(): Promise<void> {
    const { path, read, onProblem } = this.#parts;
    while (this.#isStale) {
      this.#isStale = false;
      try {
        await writeFileWhole(path, JSON.stringify(read()));
      } catch (error) {
        onProblem(error as Error);
      }
    }
  }
}

/** What names this run of the machine; null where that cannot be told. After the next one no pid or start time of now means anything. */
export function readBoot(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return null;
  }
}
