import { appendFileSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock, Timer } from '../../util/clock.ts';
import { limitFile, readTail } from '../../util/read-tail.ts';

export interface FleetLogsOptions {
  readonly clock: Clock;
  readonly directory: string;
  /** Size from which a file is begun anew. */
  readonly maxBytes: number;
}

const LOOK_EVERY_MS = 10_000;

/** What the servers write, a file for each: they write there themselves, also while no master runs. */
export class FleetLogs {
  readonly #options: FleetLogsOptions;
  /** How large the file was when the process was started that writes it now. */
  readonly #begun = new Map<string, number>();
  #timer: Timer | null = null;

  /** @throws the error of the file system when the folder cannot be made */
  constructor(options: FleetLogsOptions) {
    this.#options = options;
    mkdirSync(options.directory, { recursive: true, mode: 0o755 });
  }

  fileOf(id: string): string {
    return join(this.#options.directory, `${id}.log`);
  }

  /** A process begins to write: what stands there was written by others. */
  begin(id: string): string {
    const file = this.fileOf(id);
    this.#begun.set(id, statSync(file, { throwIfNoEntry: false })?.size ?? 0);
    return file;
  }

  /** The last lines that the newest process of a server has written. */
  tail(id: string, count: number): string[] {
    return readTail(this.fileOf(id), count, this.#begun.get(id) ?? 0);
  }

  /** Adds what a server has written elsewhere. @param dropped - bytes of it that are only there */
  append(id: string, text: string, dropped: number): void {
    if (!this.#begun.has(id)) this.begin(id);
    const gap =
      dropped === 0 ? '' : `… ${String(dropped)} bytes are only in the file of its host …\n`;
    try {
      appendFileSync(this.fileOf(id), gap + text, { mode: 0o600 });
    } catch {
      // As when the disk is full; on its host it is all there.
    }
  }

  /** Keeps the files small, one after the other, from now on. */
  watch(): void {
    this.#timer = this.#options.clock.setTimer(LOOK_EVERY_MS, () => {
      void this.#limitAll().then(() => {
        if (this.#timer !== null) this.watch();
      });
    });
    this.#timer.unref();
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  forget(id: string): void {
    this.#begun.delete(id);
  }

  async #limitAll(): Promise<void> {
    for (const id of [...this.#begun.keys()])
      await limitFile(this.fileOf(id), this.#options.maxBytes);
  }
}
