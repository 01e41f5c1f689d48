const FIRST_MS = 1000;
const LONGEST_MS = 60_000;
const JITTER = 0.2;

/**
 * How long to wait for the next try: 1, 2, 4 … 60 seconds, each up to a fifth more or less, so that all servers of a
 * fleet do not come back in the same moment.
 *
 * @param failures - tries that have failed since the last that has not
 * @param chance - 0 to 1
 */
export function decideRetry(failures: number, chance: number): number {
  const planned = Math.min(FIRST_MS * 2 ** Math.max(0, failures - 1), LONGEST_MS);
  return Math.round(planned * (1 - JITTER + 2 * JITTER * chance));
}
