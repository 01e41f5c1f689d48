/** The middle of the values and the quartiles around it; values that are null (never happened) are counted apart. */
export function summarize(values) {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    low: quantile(sorted, 0.25),
    high: quantile(sorted, 0.75),
    count: sorted.length,
    never: values.length - sorted.length,
  };
}

/** Combines the values of each round by themselves: what slows the machine for a while slows both of a round. */
export function pairRounds(values, base, combine) {
  return values.map((value, round) =>
    value === null || base[round] === null ? null : combine(value, base[round]),
  );
}

function quantile(sorted, part) {
  if (sorted.length === 0) return Number.NaN;
  const at = (sorted.length - 1) * part;
  const below = sorted[Math.floor(at)];
  const above = sorted[Math.ceil(at)];
  return below + (above - below) * (at - Math.floor(at));
}
