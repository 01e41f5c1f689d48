import { html, type VNode } from '../ui.ts';

const WIDTH = 120;
const HEIGHT = 28;

/** The course of a figure, for the eye alone: the figure beside it is what is read out. */
export function Sparkline({ values }: { values: readonly (number | null)[] }): VNode {
  const known = values.filter((value) => value !== null);
  const top = Math.max(...known, 0) || 1;
  const step = WIDTH / Math.max(1, values.length - 1);
  const points = values.map((value, index) =>
    value === null
      ? null
      : `${(index * step).toFixed(1)},${(HEIGHT - 2 - (value / top) * (HEIGHT - 4)).toFixed(1)}`,
  );
  return html`<svg
    class="spark"
    viewBox=${`0 0 ${WIDTH} ${HEIGHT}`}
    preserveAspectRatio="none"
    aria-hidden="true"
  >
    ${splitRuns(points).map((run) => html`<polyline points=${run.join(' ')} />`)}
  </svg>`;
}

/** A death breaks the line. */
function splitRuns(points: readonly (string | null)[]): string[][] {
  const runs: string[][] = [[]];
  for (const point of points) {
    if (point === null) runs.push([]);
    else runs.at(-1)?.push(point);
  }
  return runs.filter((run) => run.length > 1);
}
