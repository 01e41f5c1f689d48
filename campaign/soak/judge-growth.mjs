import { summarize } from '../../bench/support/statistics.mjs';

const BLOCKS = 24;
/** Of the normal distribution, for an interval that holds the true slope in 99 of 100 cases. */
const Z = 2.58;

/**
 * Whether a figure grows: the slope of Theil and Sen through the medians of blocks of time, with its interval of
 * confidence by Kendall's statistic. Neither a few outliers nor a collection of garbage now and then moves it much.
 *
 * @param points - pairs of milliseconds and a value
 * @param limit - a growth from the first to the last point that is no fault; it is too much only when the lower bound
 * of the interval is above it
 */
export function judgeGrowth(points, { figure, limit }) {
  const blocks = takeMedians(points);
  const span = blocks.at(-1)[0] - blocks[0][0];
  const { slope, low, high } = estimateSlope(blocks);
  const [growth, least, most] = [slope, low, high].map((one) => one * span);
  const unit = figure === 'memory' ? 1e6 : 1;
  const show = (value) => (value / unit).toFixed(figure === 'memory' ? 2 : 1);
  const { median } = summarize(points.map(([, value]) => value));
  const text = `${figure}: ${show(median)}${figure === 'memory' ? ' MB' : ''}, growth ${show(growth)} (${show(least)} to ${show(most)}), allowed ${show(limit)}`;
  return { text, isTooMuch: least > limit, growth, least, most };
}

/** Sen's slope between all pairs, and the slopes at the ends of its interval. */
export function estimateSlope(points) {
  const slopes = [];
  for (const [index, [from, before]] of points.entries())
    for (const [to, after] of points.slice(index + 1)) slopes.push((after - before) / (to - from));
  slopes.sort((a, b) => a - b);
  const count = points.length;
  const width = Z * Math.sqrt((count * (count - 1) * (2 * count + 5)) / 18);
  const last = slopes.length - 1;
  const at = (place) => slopes[Math.min(last, Math.max(0, Math.round(place)))];
  return {
    slope: summarize(slopes).median,
    low: at((slopes.length - width) / 2),
    high: at((slopes.length + width) / 2),
  };
}

function takeMedians(points) {
  const size = Math.max(1, Math.floor(points.length / BLOCKS));
  const blocks = [];
  for (let begin = 0; begin + size <= points.length; begin += size) {
    const block = points.slice(begin, begin + size);
    const middle = (index) => summarize(block.map((point) => point[index])).median;
    blocks.push([middle(0), middle(1)]);
  }
  return blocks;
}
