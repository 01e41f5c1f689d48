import type { Sample, SampleColumns } from '../../http/sample-series.ts';
import { SampleRing } from './sample-ring.ts';

const MINUTE_MS = 60_000;
const FINE_MS = 15 * MINUTE_MS;
const WHOLE_MS = 24 * 60 * MINUTE_MS;

/** Heartbeats that come quicker than this share a row. */
const ROW_MS = 400;
/** A poll belongs to the heartbeat before it, unless that is too long ago. */
const POLL_ROW_MS = 2000;
/** What the wall clock may go back without having been set. */
const SLACK_MS = 1000;

type Values = Omit<Sample, 'at'>;

const NOTHING: Values = { loopLagMs: null, latencyMs: null, rssBytes: null, heapUsedBytes: null };

/**
 * How the figures of the server went: row by row for the last 15 minutes, by the minute for the 24 hours before.
 *
 * It takes about 150 KB, however long it runs. Times are milliseconds since 1970 and grow from row to row; when the
 * clock is set back, what would lie in the future then is forgotten.
 */
export class SampleHistory {
  readonly #fine = new SampleRing(FINE_MS / ROW_MS);
  readonly #coarse = new SampleRing(WHOLE_MS / MINUTE_MS + 1);

  /** @returns the row as it is now; it may be an earlier one with more in it */
  add(at: number, measured: Partial<Values>): Sample {
    this.#makeRoom(at);
    const values = { ...NOTHING, ...measured };
    const last = this.#fine.last;
    const row = last !== null && isOneRow(last, at, values) ? merge(last, values) : null;
    if (row === null) return this.#append(at, values);
    this.#fine.replaceLast(row);
    return row;
  }

  /** The server process died: the next row does not continue the last one. */
  cut(at: number): Sample {
    this.#makeRoom(at);
    return this.#append(at, NOTHING);
  }

  /** What was measured at `since` or later, milliseconds since 1970. */
  read(since: number): SampleColumns {
    const columns: SampleColumns = {
      at: [],
      loopLagMs: [],
      latencyMs: [],
      rssBytes: [],
      heapUsedBytes: [],
    };
    for (const ring of [this.#coarse, this.#fine]) {
      for (let index = firstSince(ring, since); index < ring.length; index += 1) {
        append(columns, ring.get(index));
      }
    }
    return columns;
  }

  #append(at: number, values: Values): Sample {
    const last = this.#fine.last;
    const row = { at: last === null ? at : Math.max(at, last.at + 1), ...values };
    if (this.#fine.isFull) this.#age();
    this.#fine.push(row);
    return row;
  }

  #makeRoom(at: number): void {
    const last = this.#fine.last ?? this.#coarse.last;
    if (last !== null && last.at > at + SLACK_MS) this.#forgetAfter(at);
    while (this.#fine.first !== null && this.#fine.first.at < at - FINE_MS) this.#age();
    while (this.#coarse.first !== null && this.#coarse.first.at < at - WHOLE_MS)
      this.#coarse.dropFirst();
  }

  #forgetAfter(at: number): void {
    for (const ring of [this.#fine, this.#coarse]) {
      while (ring.last !== null && ring.last.at > at) ring.dropLast();
    }
  }

  /** The oldest row goes into that of its minute. */
  #age(): void {
    const { first } = this.#fine;
    if (first === null) return;
    this.#fine.dropFirst();
    const minute = { ...first, at: Math.floor(first.at / MINUTE_MS) * MINUTE_MS };
    const last = this.#coarse.last;
    if (last?.at === minute.at) this.#coarse.replaceLast(merge(last, minute));
    else this.#coarse.push(minute);
  }
}

function isOneRow(last: Sample, at: number, values: Values): boolean {
  if (isCut(last)) return false;
  const isPoll = values.loopLagMs === null;
  return at - last.at < (isPoll ? POLL_ROW_MS : ROW_MS);
}

function isCut({ loopLagMs, latencyMs, rssBytes }: Sample): boolean {
  return loopLagMs === null && latencyMs === null && rssBytes === null;
}

function merge(row: Sample, later: Values): Sample {
  return {
    at: row.at,
    loopLagMs: greater(row.loopLagMs, later.loopLagMs),
    latencyMs: greater(row.latencyMs, later.latencyMs),
    rssBytes: later.rssBytes ?? row.rssBytes,
    heapUsedBytes: later.heapUsedBytes ?? row.heapUsedBytes,
  };
}

function greater(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.max(one, other);
}

function firstSince(ring: SampleRing, since: number): number {
  let [low, high] = [0, ring.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ring.get(middle).at < since) low = middle + 1;
    else high = middle;
  }
  return low;
}

function append(columns: SampleColumns, row: Sample): void {
  columns.at.push(row.at);
  columns.loopLagMs.push(row.loopLagMs);
  columns.latencyMs.push(row.latencyMs);
  columns.rssBytes.push(row.rssBytes);
  columns.heapUsedBytes.push(row.heapUsedBytes);
}
