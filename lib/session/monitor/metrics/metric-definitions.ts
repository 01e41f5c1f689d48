import type { MetricFamily } from '../../../http/metrics-text.ts';
import type { MetricDefinition, MetricSources } from './metric-sources.ts';
import { MONITOR_METRICS } from './monitor-metrics.ts';
import { SESSION_METRICS } from './session-metrics.ts';
import { WORKER_METRICS } from './worker-metrics.ts';

/** Every metric of a session, in the order in which they are given. */
export const METRICS: readonly MetricDefinition[] = [
  ...SESSION_METRICS,
  ...WORKER_METRICS,
  ...MONITOR_METRICS,
];

export function readMetrics(sources: MetricSources): MetricFamily[] {
  return METRICS.map(({ name, kind, help, read }) => ({
    name,
    kind,
    help,
    samples: read(sources),
  }));
}
