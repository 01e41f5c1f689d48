import { mkdirSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { limitFile, readTail } from '../util/read-tail.ts';

export interface SpawnLogFilesOptions {
  readonly directory: string;
  readonly maxBytes: number;
  readonly keep: number;
}

/** The two files one server writes into. */
export interface SpawnLogPair {
  readonly stdoutFile: string;
  readonly stderrFile: string;
}

const SUFFIXES = ['.out.log', '.err.log'] as const;

/** What the servers write, in files of their own: they write there themselves, also while no spawner runs. */
export class SpawnLogFiles {
  readonly #options: SpawnLogFilesOptions;
  #isStale = false;
  /** Null when nothing is being removed. */
  #sweeping: Promise<void> | null = null;

  /** @throws the error of the file system when the folder cannot be made */
  constructor(options: SpawnLogFilesOptions) {
    this.#options = options;
    mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  }

  pairOf(id: string): SpawnLogPair {
    const [stdoutFile, stderrFile] = SUFFIXES.map((suffix) =>
      join(this.#options.directory, id + suffix),
    ) as [string, string];
    return { stdoutFile, stderrFile };
  }

  /** The last lines of what a server wrote: of its errors when there are any, else of its output. */
  tail(id: string, count: number): string[] {
    const { stdoutFile, stderrFile } = this.pairOf(id);
    const errors = readTail(stderrFile, count);
    return errors.length > 0 ? errors : readTail(stdoutFile, count);
  }

  /** Begins the files of a running server anew when they have grown too large; it goes on writing at their end. */
  async limit(id: string): Promise<void> {
    for (const file of Object.values(this.pairOf(id)) as string[])
      await limitFile(file, this.#options.maxBytes);
  }

  /**
   * Removes the oldest files; those of servers that live stay. One search at a time, however many servers end meanwhile.
   *
   * @param readLiving - asked at each search for the ids of those
   * @returns settles when what is the case now has been seen to
   */
  sweep(readLiving: () => ReadonlySet<string>): Promise<void> {
    this.#isStale = true;
    this.#sweeping ??= this.#sweepAll(readLiving).finally(() => {
      this.#sweeping = null;
    });
    return this.#sweeping;
  }

  async #sweepAll(readLiving: () => ReadonlySet<string>): Promise<void> {
    while (this.#isStale) {
      this.#isStale = false;
      try {
        await this.#sweepOnce(readLiving());
      } catch {
        // Others may clear that folder too; the next sweep finds what is left.
      }
    }
  }

  async #sweepOnce(living: ReadonlySet<string>): Promise<void> {
    const { directory, keep } = this.#options;
    const times = new Map<string, number>();
    for (const name of await readdir(directory)) {
      const id = name.replace(/\.(?:out|err)\.log(?:\.1)?$/, '');
      if (id === name || living.has(id)) continue;
      const { mtimeMs } = await stat(join(directory, name));
      times.set(id, Math.max(times.get(id) ?? 0, mtimeMs));
    }
    const old = [...times].sort(([, a], [, b]) => b - a).slice(keep);
    for (const [id] of old)
      for (const suffix of SUFFIXES.flatMap((end) => [end, `${end}.1`]))
        await rm(join(directory, id + suffix), { force: true });
  }
}
