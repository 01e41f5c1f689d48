import type { MetricFamily } from '../http/metrics-text.ts';
import type { SeenState, SessionSummary } from './session-summary.ts';

const STATES: Readonly<Record<SeenState, true>> = {
  starting: true,
  running: true,
  degraded: true,
  reloading: true,
  backingOff: true,
  broken: true,
  stopping: true,
  ended: true,
  gone: true,
  silent: true,
};

/** How many sessions are seen, and in what state. */
export function countSessions(summaries: readonly SessionSummary[]): MetricFamily[] {
  const samples = Object.keys(STATES).map((state) => ({
    labels: { state },
    value: summaries.filter((summary) => summary.state === state).length,
  }));
  return [
    {
      name: 'vigil_dashboard_sessions',
      kind: 'gauge',
      help: 'Sessions the dashboard sees, by their state.',
      samples,
    },
  ];
}
