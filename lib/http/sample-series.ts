/** What `GET /samples` answers: the course of the session's figures, as columns of equal length. */
export interface SampleSeries {
  /** What was asked for, milliseconds since 1970. */
  readonly since: number;
  /** The present moment of the monitor, milliseconds since 1970. */
  readonly until: number;
  readonly columns: SampleColumns;
  /** Oldest first. */
  readonly marks: readonly SampleMark[];
}

/**
 * Oldest first, with growing times: single heartbeats for the last 15 minutes, one row a minute for the 24 hours before.
 * A row with nothing but nulls is a death: what comes before and after it is not one line.
 */
export interface SampleColumns {
  /** Milliseconds since 1970. */
  readonly at: number[];
  /** The longest within the row's time, like `latencyMs`. */
  readonly loopLagMs: (number | null)[];
  /** Of the polls of the health route, failed ones included. */
  readonly latencyMs: (number | null)[];
  /** The latest within the row's time, like `heapUsedBytes`. */
  readonly rssBytes: (number | null)[];
  readonly heapUsedBytes: (number | null)[];
}

/** One row. */
export type Sample = { readonly at: number } & {
  readonly [Name in keyof Omit<SampleColumns, 'at'>]: number | null;
};

/** Something that happened to the server, on the same axis of time. */
export type SampleMark =
  | {
      readonly kind: 'death';
      readonly at: number;
      readonly generation: number;
      /** One word of the closed list. */
      readonly cause: string;
      readonly expected: boolean;
      /** Absent until the report has been written, and where none is. */
      readonly reportId?: string;
    }
  | { readonly kind: 'ready' | 'reload'; readonly at: number; readonly generation: number };

/**
 * What is told while it happens. A row replaces the one with the same `at`, and a mark the one with the same kind and
 * generation: a poll belongs to the heartbeat before it, and a report is written after the death.
 */
export type SampleUpdate =
  | { readonly type: 'sample'; readonly sample: Sample }
  | { readonly type: 'mark'; readonly mark: SampleMark };

/** Where samples are to be had. */
export interface SampleSource {
  /**
   * What was measured at that time or later, and the marks that were set or changed since.
   *
   * @param since - milliseconds since 1970; the `at` of the last known row gives that row anew, with what has come to it
   */
  read(since: number): SampleSeries;
  /** From now on, until `signal` fires. For a reader that is too slow the oldest are left out. */
  follow(signal: AbortSignal): AsyncIterable<SampleUpdate>;
}
