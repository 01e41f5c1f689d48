import type { Sample, SampleMark } from '../../../http/sample-series.ts';

/** A stretch of time with the worst of its figures. */
export interface TrendRow {
  readonly from: number;
  readonly loopLagMs: number | null;
  readonly latencyMs: number | null;
  readonly rssBytes: number | null;
  readonly deaths: readonly string[];
}

export interface Stretch {
  readonly from: number;
  readonly until: number;
  readonly count: number;
}

/** The samples in `count` rows of equal length, newest first; rows of which nothing is known are left out. */
export function sumUpRows(
  samples: readonly Sample[],
  marks: readonly SampleMark[],
  { from, until, count }: Stretch,
): TrendRow[] {
  const length = (until - from) / count;
  return Array.from({ length: count }, (_unused, index) => {
    const start = from + index * length;
    const isIn = ({ at }: { readonly at: number }): boolean => at >= start && at < start + length;
    const rows = samples.filter(isIn);
    const deaths = marks
      .filter(isIn)
      .flatMap((mark) => (mark.kind === 'death' ? [mark.cause] : []));
    return {
      from: start,
      loopLagMs: findHighest(rows, 'loopLagMs'),
      latencyMs: findHighest(rows, 'latencyMs'),
      rssBytes: findHighest(rows, 'rssBytes'),
      deaths,
    };
  })
    .filter(
      ({ rssBytes, latencyMs, deaths }) =>
        rssBytes !== null || latencyMs !== null || deaths.length > 0,
    )
    .reverse();
}

function findHighest(rows: readonly Sample[], name: keyof Omit<Sample, 'at'>): number | null {
  const values = rows.flatMap((row) => row[name] ?? []);
  return values.length === 0 ? null : values.reduce((one, other) => Math.max(one, other));
}
