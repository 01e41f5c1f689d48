import { pairRounds, summarize } from '../support/statistics.mjs';
import { plainCluster } from './contenders.mjs';

/**
 * The figure of something that takes each contender some milliseconds.
 *
 * @param times - milliseconds of each contender, round by round; null for what never happened
 * @param base - the name of the contender that the others are compared with
 * @param limits - by name: the most a contender may take, as a multiple of that one
 */
export function createTimedFigure({ title, about, times, limits, base = plainCluster.name }) {
  const rows = [...times].map(([name, values]) => {
    const ratios = pairRounds(values, times.get(base), (value, other) => value / other);
    return { name, values: summarize(values), ratio: summarize(ratios) };
  });
  return {
    title,
    about,
    head: ['', 'ms', 'quartiles', 'ratio', 'quartiles'],
    rows: rows.map(({ name, values, ratio }) => [
      name,
      ...showValues(values, 0),
      ...(name === base ? ['1', ''] : showValues(ratio, 2)),
    ]),
    goals: rows
      .filter(({ name }) => limits[name] !== undefined)
      .map(({ name, ratio }) => ({
        what: `${title}: ${name}`,
        measured: ratio.never > 0 ? Number.NaN : ratio.median,
        atMost: limits[name],
        unit: '×',
      })),
  };
}

function showValues({ median, low, high, count, never }, digits) {
  if (count === 0) return ['never', ''];
  const missing = never === 0 ? '' : ` (never in ${never} of ${never + count})`;
  return [median.toFixed(digits) + missing, `${low.toFixed(digits)}–${high.toFixed(digits)}`];
}
