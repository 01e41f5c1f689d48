import { readFileSync, statSync } from 'node:fs';
import type { Clock } from '../../util/clock.ts';
import { listDiagnosticFiles } from './diagnostic-files.ts';

/** A dump that takes longer is given up: the server has to come back. */
const LONGEST_MS = 300_000;
/** V8 opens the file, collects for as long as it takes, and then writes without a pause. */
const PAUSE_MS = 10_000;

/** Tells whether a silent process is only busy with writing its memory to disk, as it does before it dies. */
export class DumpWatch {
  readonly #clock: Clock;
  readonly #directory: string;
  #since: number | null = null;

  constructor(clock: Clock, directory: string) {
    this.#clock = clock;
    this.#directory = directory;
  }

  isWriting(pid: number | null): boolean {
    if (pid === null || !(dumpsCore(pid) || this.#writesSnapshot(pid))) {
      this.#since = null;
      return false;
    }
    this.#since ??= this.#clock.now();
    return this.#clock.now() - this.#since < LONGEST_MS;
  }

  #writesSnapshot(pid: number): boolean {
    const files = listDiagnosticFiles(this.#directory, pid);
    const snapshot = files.find(({ kind }) => kind === 'snapshot');
    const stat =
      snapshot === undefined ? undefined : statSync(snapshot.path, { throwIfNoEntry: false });
    if (stat === undefined) return false;
    return stat.size === 0 || this.#clock.wallTime() - stat.mtimeMs < PAUSE_MS;
  }
}

/** The kernel writes the core while the process is still there, gone silent. */
function dumpsCore(pid: number): boolean {
  try {
    return /^CoreDumping:\s+1$/m.test(readFileSync(`/proc/${String(pid)}/status`, 'utf8'));
  } catch {
    return false;
  }
}
