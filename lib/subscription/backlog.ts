import type { Batch } from './batch.ts';

/** What waits for one subscriber. */
export interface Backlog {
  readonly count: number;
  /** How many items were dropped since the beginning. */
  readonly dropped: number;
  take(atMost: number): TakenItems;
}

export interface TakenItems {
  /** Oldest first. */
  readonly batch: Batch;
  /** How many were dropped since the last time. */
  readonly dropped: number;
}
