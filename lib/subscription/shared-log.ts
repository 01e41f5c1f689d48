import type { Backlog, TakenItems } from './backlog.ts';
import type { Projection, QueueLimits } from './projection.ts';
import { Batch } from './batch.ts';
import { ItemRow } from './item-row.ts';

/** Whoever reads a log at a pace of its own. */
export interface LogReader {
  /** As many items wait as it has asked to be told of. */
  onItems(): void;
  /** What waits for it is about to be dropped: the last moment to take it. */
  onOverrun(): void;
  /** Whether it is to be asked; one that can take nothing, and bears losses, is not. */
  readonly isWatched: boolean;
}

/** Looking for what nobody needs any more costs as much as there are readers: it is done once for so many items. */
const RELEASE_AFTER = 64;

/**
 * What waits for all subscribers of a configuration, kept once. Each of them has a cursor in it: an item costs nothing
 * for those whose batch it does not fill, and a slow one costs nothing at all, but is told how much it has missed.
 */
export class SharedLog {
  readonly #limits: QueueLimits;
  readonly #guard: (action: () => void) => void;
  readonly #cursors = new Set<LogCursor>();
  readonly #calls = new Map<number, Set<LogCursor>>();
  /** Those in step take the same batches. */
  readonly #batches = new Map<number, Batch>();
  readonly #items = new ItemRow();
  /** No reader that is to be asked before something is dropped is before it. */
  #floor = 0;
  #releaseAt = RELEASE_AFTER;

  /** @param guard - runs what concerns one reader, so that its failure harms no other */
  constructor(limits: QueueLimits, guard: (action: () => void) => void) {
    this.#limits = limits;
    this.#guard = guard;
  }

  get size(): number {
    return this.#cursors.size;
  }

  /** The number of the first item that is kept. */
  get first(): number {
    return this.#items.first;
  }

  /** The number of the item that comes next. */
  get end(): number {
    return this.#items.end;
  }

  join(reader: LogReader): LogCursor {
    const cursor = new LogCursor(this, reader);
    this.#cursors.add(cursor);
    this.watch(cursor);
    return cursor;
  }

  leave(cursor: LogCursor): void {
    this.#cursors.delete(cursor);
  }

  /** From now on it is asked before something is dropped that it has not taken. */
  watch(cursor: LogCursor): void {
    this.#floor = Math.min(this.#floor, cursor.at);
  }

  append(item: Projection): void {
    this.#batches.clear();
    if (this.#items.count >= this.#releaseAt) this.#release();
    this.#makeRoom(item.text.length);
    this.#items.push(item);
    const called = this.#calls.get(this.end);
    if (called === undefined) return;
    this.#calls.delete(this.end);
    for (const cursor of called)
      this.#guard(() => {
        cursor.call(this.end);
      });
  }

  /** Has a reader called once the end is there. */
  callAt(end: number, cursor: LogCursor): void {
    const others = this.#calls.get(end);
    if (others === undefined) this.#calls.set(end, new Set([cursor]));
    else others.add(cursor);
  }

  forgetCall(end: number, cursor: LogCursor): void {
    const others = this.#calls.get(end);
    others?.delete(cursor);
    if (others?.size === 0) this.#calls.delete(end);
  }

  slice(from: number, to: number): Batch {
    const known = this.#batches.get(from);
    if (known?.items.length === to - from) return known;
    const batch = new Batch(this.#items.slice(from, to));
    this.#batches.set(from, batch);
    return batch;
  }

  #makeRoom(length: number): void {
    const { maxItems, maxLength } = this.#limits;
    const first = this.#items.firstThatLeaves(maxItems - 1, maxLength - length);
    if (first === this.first) return;
    if (first > this.#floor) this.#warnBefore(first);
    this.#items.dropBefore(first);
  }

  #warnBefore(first: number): void {
    let floor = Infinity;
    for (const cursor of [...this.#cursors]) {
      if (cursor.at < first && cursor.reader.isWatched)
        this.#guard(() => {
          cursor.reader.onOverrun();
        });
      // Who is asked once, and stays blocked, is not asked again.
      if (cursor.reader.isWatched && this.#cursors.has(cursor)) floor = Math.min(floor, cursor.at);
    }
    this.#floor = floor;
  }

  #release(): void {
    let oldest = this.end;
    for (const { at } of this.#cursors) oldest = Math.min(oldest, at);
    this.#items.dropBefore(oldest);
    this.#releaseAt = 2 * this.#items.count + RELEASE_AFTER;
  }
}

/** Where one reader is. */
export class LogCursor implements Backlog {
  readonly reader: LogReader;
  readonly #log: SharedLog;
  #at: number;
  #callAt = -1;
  #dropped = 0;
  #droppedBefore = 0;

  constructor(log: SharedLog, reader: LogReader) {
    this.#log = log;
    this.reader = reader;
    this.#at = log.end;
  }

  /** The number of the item it takes next, unless that has been dropped. */
  get at(): number {
    return this.#at;
  }

  get count(): number {
    return this.#log.end - Math.max(this.#at, this.#log.first);
  }

  get dropped(): number {
    return this.#dropped + Math.max(0, this.#log.first - this.#at);
  }

  /** Has the reader called when so many items wait; a call asked for before is put off. */
  callAtCount(count: number): void {
    const end = Math.max(this.#at, this.#log.first) + count;
    if (end === this.#callAt) return;
    this.#log.forgetCall(this.#callAt, this);
    this.#callAt = end;
    this.#log.callAt(end, this);
  }

  call(end: number): void {
    if (end !== this.#callAt) return;
    this.#callAt = -1;
    this.reader.onItems();
  }

  leave(): void {
    this.#log.forgetCall(this.#callAt, this);
    this.#callAt = -1;
    this.#log.leave(this);
  }

  /** It is asked again before it misses something. */
  watch(): void {
    this.#log.watch(this);
  }

  take(atMost: number): TakenItems {
    this.#dropped = this.dropped;
    const from = Math.max(this.#at, this.#log.first);
    this.#at = Math.min(from + atMost, this.#log.end);
    const dropped = this.#dropped - this.#droppedBefore;
    this.#droppedBefore = this.#dropped;
    return { batch: this.#log.slice(from, this.#at), dropped };
  }
}
