import type { ControlRoute } from './control-route.ts';
import type { MetricFamily } from './metrics-text.ts';
import type { RouteAbout } from './route-about.ts';

const ABOUT: RouteAbout = {
  summary: 'The figures of the session, as Prometheus reads them.',
  answers: {
    200: {
      description: 'the metrics',
      content: { 'text/plain; version=0.0.4; charset=utf-8': null },
    },
  },
};

/** What Prometheus scrapes: `GET /metrics`. */
export function createMetricsRoutes(
  read: () => readonly MetricFamily[] | Promise<readonly MetricFamily[]>,
): ControlRoute[] {
  return [
    {
      method: 'GET',
      path: '/metrics',
      access: 'read',
      about: ABOUT,
      handle: async () => {
        // The library is loaded when somebody scrapes: a session with a dashboard alone does without it.
        const { formatMetrics } = require('./metrics-text') as typeof import('./metrics-text.ts');
        const { text, contentType } = await formatMetrics(await read());
        return { kind: 'text', body: text, contentType };
      },
    },
  ];
}
