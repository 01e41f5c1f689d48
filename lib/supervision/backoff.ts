export interface BackoffOptions {
  readonly baseMs: number;
  readonly factor: number;
  readonly maxMs: number;
  /** Share by which a delay is varied up or down: 0.2 means ±20 %. */
  readonly jitter: number;
}

/**
 * The wait before a restart, in milliseconds.
 *
 * @param attempt - 0 for the first restart after a stable run, which is immediate; n for the nth after it
 * @param random - a number in [0, 1) that places the delay within its jitter
 */
export function nextDelayMs(options: BackoffOptions, attempt: number, random: number): number {
  if (attempt <= 0) return 0;
  // A base of zero stays zero; multiplied with a power grown beyond all bounds it would be no number at all.
  const grown = options.baseMs === 0 ? 0 : options.baseMs * options.factor ** (attempt - 1);
  const plain = Math.min(grown, options.maxMs);
  const varied = plain * (1 + options.jitter * (2 * random - 1));
  return Math.min(Math.round(varied), options.maxMs);
}

/** Within which bounds the jitter leaves the wait before a restart, in milliseconds. */
export function delayRangeMs(
  options: BackoffOptions,
  attempt: number,
): readonly [least: number, most: number] {
  return [nextDelayMs(options, attempt, 0), nextDelayMs(options, attempt, 1)];
}
