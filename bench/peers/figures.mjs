import { pairRounds } from '../support/statistics.mjs';

/** What one contender achieved in a scenario, round by round; empty when it did not take part. */
export function resultsOf(figures, name) {
  return figures.get(name)?.results ?? [];
}

/** One value of each round against the same of another contender in the same round. */
export function ratiosOf(results, base, key) {
  const read = (list) => list.map((one) => one[key]);
  return pairRounds(read(results), read(base), (one, other) => one / other);
}
