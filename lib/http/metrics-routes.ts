import type { ControlRoute } from './control-route.ts';
import type { MetricFamily } from './metrics-text.ts';

/** What Prometheus scrapes: `GET /metrics`. */
export function createMetricsRoutes(read: () => readonly MetricFamily[]): ControlRoute[] {
  return [
    {
      method: 'GET',
      path: '/metrics',
      access: 'read',
      handle: async () => {
        // The library is loaded when somebody scrapes: a session with a dashboard alone does without it.
        const { formatMetrics } = require('./metrics-text') as typeof import('./metrics-text.ts');
        const { text, contentType } = await formatMetrics(read());
        return { kind: 'text', body: text, contentType };
      },
    },
  ];
}
