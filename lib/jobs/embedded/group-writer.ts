import { type Clock, type Timer } from '../../util/clock.ts';
import { createDeferred, type Deferred } from '../../util/deferred.ts';
import { storeError } from '../broker-errors.ts';
import type { StoreChange } from './job-store.ts';

export interface GroupWriterPorts {
  readonly clock: Clock;
  /** For the texts of errors. */
  readonly directory: string;
  /** Writes all of it or nothing, and syncs it. */
  readonly write: (changes: readonly StoreChange[]) => Promise<void>;
  /** After a failed write, before the next one. */
  readonly reopen: () => Promise<void>;
  readonly onBlocked: (isBlocked: boolean) => void;
}

interface Group {
  readonly changes: StoreChange[];
  /** What takes back the changes that were only offered. */
  readonly undo: (() => readonly StoreChange[])[];
  /** Changes that have to be made, whatever happens. */
  readonly certain: StoreChange[];
  readonly offered: Deferred[];
  readonly settled: Deferred[];
}

/**
 * Writes in groups: all that came while one group was being written, or in one tick, is the next, with one sync for
 * all of it.
 *
 * After a write that failed nobody knows what is on disk. What was only offered is refused, and taken back with the
 * first write that succeeds; what has happened stays to be written. Until then everything new is refused.
 */
export class GroupWriter {
  readonly #ports: GroupWriterPorts;
  #next: Group = emptyGroup();
  #isScheduled = false;
  #writing: Promise<void> | null = null;
  #isBlocked = false;
  #lastError: unknown;
  #retry: Timer | null = null;
  #isClosed = false;

  constructor(ports: GroupWriterPorts) {
    this.#ports = ports;
  }

  get isBlocked(): boolean {
    return this.#isBlocked;
  }

  offer(changes: readonly StoreChange[], undo: () => readonly StoreChange[]): Promise<void> {
    if (this.#isBlocked || this.#isClosed)
      return Promise.reject(storeError(this.#ports.directory, this.#lastError));
    this.#next.changes.push(...changes);
    this.#next.undo.push(undo);
    return this.#join(this.#next.offered);
  }

  settle(changes: readonly StoreChange[]): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    this.#next.changes.push(...changes);
    this.#next.certain.push(...changes);
    return this.#join(this.#next.settled);
  }

  /** Writes what waits, if it can be written. */
  async close(): Promise<void> {
    this.#retry?.cancel();
    while (!this.#isBlocked && (this.#writing !== null || this.#next.changes.length > 0))
      await (this.#writing ?? this.#flush());
    this.#isClosed = true;
    await this.#writing;
    for (const { resolve } of this.#next.settled.splice(0)) resolve();
  }

  #join(waiting: Deferred[]): Promise<void> {
    const done = createDeferred();
    waiting.push(done);
    this.#schedule();
    return done.promise;
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isBlocked || this.#writing !== null) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      if (this.#writing === null && !this.#isBlocked) void this.#flush();
    });
  }

  #flush(): Promise<void> {
    this.#writing = this.#write().finally(() => {
      this.#writing = null;
      if (this.#next.changes.length > 0) this.#schedule();
    });
    return this.#writing;
  }

  async #write(): Promise<void> {
    const group = this.#next;
    this.#next = emptyGroup();
    try {
      await this.#ports.write(group.changes);
      for (const { resolve } of [...group.offered, ...group.settled]) resolve();
    } catch (error) {
      this.#fail(group, error);
    }
  }

  #fail(group: Group, error: unknown): void {
    const meanwhile = this.#next;
    const certain = [
      ...group.undo.flatMap((undo) => undo()),
      ...group.certain,
      ...meanwhile.certain,
    ];
    this.#next = {
      changes: [...certain],
      undo: [],
      certain,
      offered: [],
      settled: [...group.settled, ...meanwhile.settled],
    };
    this.#lastError = error;
    this.#block();
    const refusal = storeError(this.#ports.directory, error);
    for (const { reject } of [...group.offered, ...meanwhile.offered]) reject(refusal);
  }

  #block(): void {
    if (!this.#isBlocked) {
      this.#isBlocked = true;
      this.#ports.onBlocked(true);
    }
    if (this.#isClosed) return;
    this.#retry = this.#ports.clock.setTimer(RETRY_MS, () => void this.#tryAgain());
    this.#retry.unref();
  }

  async #tryAgain(): Promise<void> {
    const attempt = this.#recover();
    this.#writing = attempt.then(() => undefined);
    const isWell = await attempt;
    this.#writing = null;
    if (!isWell) return;
    this.#isBlocked = false;
    this.#ports.onBlocked(false);
    if (this.#next.changes.length > 0) this.#schedule();
  }

  /** False when it failed again. */
  async #recover(): Promise<boolean> {
    try {
      await this.#ports.reopen();
    } catch (error) {
      this.#lastError = error;
      this.#block();
      return false;
    }
    const group = this.#next;
    this.#next = emptyGroup();
    try {
      if (group.changes.length > 0) await this.#ports.write(group.changes);
    } catch (error) {
      this.#fail(group, error);
      return false;
    }
    for (const { resolve } of group.settled) resolve();
    return true;
  }
}

const RETRY_MS = 1000;

function emptyGroup(): Group {
  return { changes: [], undo: [], certain: [], offered: [], settled: [] };
}
