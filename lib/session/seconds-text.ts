/** A duration in the unit of the configuration, short: `0.5 s`, `12.3 s`, `300 s`. */
export function secondsText(ms: number): string {
  const seconds = ms / 1000;
  return `${String(seconds >= 100 ? Math.round(seconds) : Number(seconds.toPrecision(3)))} s`;
}

/** The wait before a start, with what jitter makes of it. */
export function waitText(delayMs: number, range: readonly [number, number] | null): string {
  if (delayMs === 0) return 'at once';
  const [least, most] = range ?? [delayMs, delayMs];
  const bounds =
    least === most ? '' : ` (${secondsText(least).replace(' s', '')} to ${secondsText(most)})`;
  return `in ${secondsText(delayMs)}${bounds}`;
}
