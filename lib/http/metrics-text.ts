import type { Metric, MetricObjectWithValues, MetricValue } from 'prom-client';

/** One metric with all its series at one moment. */
export interface MetricFamily {
  /** By the conventions of Prometheus: base units; a counter ends in `_total`. */
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** None: nothing is known at the moment. */
  readonly samples: readonly MetricSample[];
}

export interface MetricSample {
  readonly labels?: Readonly<Record<string, string>>;
  /** Of a histogram: which of its series. */
  readonly suffix?: '_bucket' | '_sum' | '_count';
  readonly value: number;
}

/** The text that Prometheus reads, and its content type. */
export async function formatMetrics(
  families: readonly MetricFamily[],
): Promise<{ readonly text: string; readonly contentType: string }> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded on first use
  const { Registry } = require('prom-client') as typeof import('prom-client');
  const registry = new Registry();
  for (const family of families) registry.registerMetric(toMetric(family) as Metric);
  return { text: await registry.metrics(), contentType: registry.contentType };
}

/** What the registry asks of a metric: the figures are counted where they arise, and read from there at each scrape. */
function toMetric({ name, kind, help, samples }: MetricFamily): unknown {
  const values: MetricValue<string>[] = samples.map(({ labels = {}, suffix = '', value }) => ({
    labels,
    value,
    metricName: `${name}${suffix}`,
  }));
  const object = { name, help, type: kind, values, aggregator: 'sum' } as unknown;
  return {
    name,
    get: () => Promise.resolve(object as MetricObjectWithValues<MetricValue<string>>),
  };
}
