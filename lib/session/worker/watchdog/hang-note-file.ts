import { renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Clock } from '../../../util/clock.ts';
import type { HangNote } from '../../hang-note.ts';

/** The file in which the thread says why the loop is stuck, for as long as it is. */
export class HangNoteFile {
  readonly #path: string;
  readonly #clock: Clock;

  constructor(path: string, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
  }

  /** Replaces what was said before. Where nothing can be written, the monitor says that nothing is known. */
  write(said: Omit<HangNote, 'pid' | 'at'>): void {
    const note: HangNote = { pid: process.pid, at: this.#clock.now(), ...said };
    const temporary = `${this.#path}.tmp`;
    try {
      writeFileSync(temporary, JSON.stringify(note), { mode: 0o600 });
      renameSync(temporary, this.#path);
    } catch {
      this.remove();
    }
  }

  remove(): void {
    try {
      rmSync(this.#path, { force: true });
    } catch {
      // Its age shows that it is of no use.
    }
  }
}
