export interface ToleranceOptions {
  /** Failures in a row that are tolerated; the next one is too many. */
  readonly failureTolerance: number;
  /** Cumulative mode instead: this many failures among the last `of` polls are too many. */
  readonly window: { readonly failures: number; readonly of: number } | null;
}

/** What the polls so far came to. */
export interface FailureTally {
  /** Failures in a row. */
  readonly count: number;
  /** The newest polls, true for a failure; as many as the window looks at. */
  readonly recent: readonly boolean[];
}

export type TallyVerdict = 'good' | 'tolerated' | 'tooMany';

export const EMPTY_TALLY: FailureTally = { count: 0, recent: [] };

/** Counts one poll and says whether the failures are still tolerated; pure. */
export function countPoll(
  tally: FailureTally,
  failed: boolean,
  options: ToleranceOptions,
): { readonly tally: FailureTally; readonly verdict: TallyVerdict } {
  const kept = options.window?.of ?? 0;
  const recent = kept === 0 ? [] : [...tally.recent, failed].slice(-kept);
  const next = { count: failed ? tally.count + 1 : 0, recent };
  if (!failed) return { tally: next, verdict: 'good' };
  return { tally: next, verdict: isTooMany(next, options) ? 'tooMany' : 'tolerated' };
}

function isTooMany(tally: FailureTally, options: ToleranceOptions): boolean {
  if (options.window === null) return tally.count > options.failureTolerance;
  return tally.recent.filter(Boolean).length >= options.window.failures;
}
