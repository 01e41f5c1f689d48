/**
 * Decides what a missed heartbeat deadline means.
 *
 * A deadline that fires late says that the watching process itself did not run (a stopped process, a
 * sleeping machine): the heartbeats may be waiting to be read, so the silence is measured anew.
 */
export function decideSilence(missed: {
  readonly silenceMs: number;
  /** By how much the timer of the watching process was late. */
  readonly lateByMs: number;
}): { readonly kind: 'silent' } | { readonly kind: 'measureAgain'; readonly waitMs: number } {
  const tolerated = Math.max(1000, missed.silenceMs / 2);
  return missed.lateByMs > tolerated
    ? { kind: 'measureAgain', waitMs: missed.silenceMs }
    : { kind: 'silent' };
}
