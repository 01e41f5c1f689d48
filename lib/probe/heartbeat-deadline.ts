export interface MissedDeadline {
  readonly silenceMs: number;
  /** By how much the timer of the watching process was late. */
  readonly lateByMs: number;
  /** By how much more the clock on the wall has moved meanwhile: a sleeping machine stops the other one. */
  readonly wallAheadMs: number;
  /** Heartbeats that were waiting have had the time to be read. */
  readonly hasRead: boolean;
}

export type SilenceVerdict =
  | { readonly kind: 'silent' }
  /** Wait so long for heartbeats that may have come already. */
  | { readonly kind: 'readFirst'; readonly waitMs: number }
  | { readonly kind: 'measureAgain'; readonly waitMs: number };

/** A timer that is late by more has kept heartbeats waiting as well. */
const PUNCTUAL_MS = 20;
const READING_MS = 100;

/**
 * Decides what a missed heartbeat deadline means.
 *
 * A deadline that fires late says that the watching process itself did not run (a stopped process, a
 * sleeping machine): heartbeats may be waiting to be read. Very late, and the silence is measured anew;
 * also when the two clocks disagree by as much, for the server has slept with the machine.
 */
export function decideSilence(missed: MissedDeadline): SilenceVerdict {
  const { silenceMs, lateByMs, wallAheadMs, hasRead } = missed;
  const asleepMs = Math.max(lateByMs, wallAheadMs);
  if (asleepMs > Math.max(1000, silenceMs / 2)) return { kind: 'measureAgain', waitMs: silenceMs };
  if (lateByMs > PUNCTUAL_MS && !hasRead) return { kind: 'readFirst', waitMs: READING_MS };
  return { kind: 'silent' };
}
