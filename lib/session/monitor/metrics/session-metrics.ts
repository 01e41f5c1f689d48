import { CAUSES } from '../../../supervision/cause.ts';
import type { SessionState } from '../session-status.ts';
import { byLabel, type MetricDefinition, oneHot, single } from './metric-sources.ts';

const STATES: Readonly<Record<SessionState, true>> = {
  starting: true,
  running: true,
  degraded: true,
  reloading: true,
  backingOff: true,
  broken: true,
  stopping: true,
};

const BREAKER_STATES = ['closed', 'open', 'halfOpen'] as const;

/** The session as a whole: whether it serves, and how often it did not. */
export const SESSION_METRICS: readonly MetricDefinition[] = [
  {
    name: 'vigil_up',
    kind: 'gauge',
    help: 'Whether a server process is alive: 1 or 0.',
    read: ({ status }) => single(status.worker === null ? 0 : 1),
  },
  {
    name: 'vigil_ready',
    kind: 'gauge',
    help: 'Whether the server process is ready, or degraded: 1 or 0.',
    read: ({ status: { worker } }) =>
      single(worker?.state === 'ready' || worker?.state === 'degraded' ? 1 : 0),
  },
  {
    name: 'vigil_session_info',
    kind: 'gauge',
    help: 'Always 1; the labels tell the name of the session, the version of Vigil and that of Node.',
    read: ({ status: { name, version, node } }) => [{ labels: { name, version, node }, value: 1 }],
  },
  {
    name: 'vigil_session_state',
    kind: 'gauge',
    help: 'The state of the session: 1 for the one that holds, 0 for the others.',
    read: ({ status }) => oneHot(Object.keys(STATES) as SessionState[], status.state),
  },
  {
    name: 'vigil_session_start_time_seconds',
    kind: 'gauge',
    help: 'When the monitor began, seconds since 1970. All counters count from there.',
    read: ({ status }) => single(Date.parse(status.startedAt) / 1000),
  },
  {
    name: 'vigil_restarts_total',
    kind: 'counter',
    help: 'Server processes started after a death or a restart, by the cause of the end before.',
    read: ({ status }) => byLabel('cause', CAUSES, (cause) => status.restarts.byCause[cause] ?? 0),
  },
  {
    name: 'vigil_deaths_total',
    kind: 'counter',
    help: 'Server processes that ended, by cause, and whether that was expected.',
    read: ({ tally }) =>
      CAUSES.flatMap((cause) =>
        [false, true].map((expected) => ({
          labels: { cause, expected: String(expected) },
          value: tally.countDeaths(cause, expected),
        })),
      ),
  },
  {
    name: 'vigil_reloads_total',
    kind: 'counter',
    help: 'Reloads, by outcome.',
    read: ({ tally }) =>
      byLabel('outcome', ['succeeded', 'rolledBack'], (outcome) =>
        tally.countEvents(`reload.${outcome}`),
      ),
  },
  {
    name: 'vigil_breaker_state',
    kind: 'gauge',
    help: 'The state of the breaker: 1 for the one that holds, 0 for the others.',
    read: ({ status }) => oneHot(BREAKER_STATES, status.breaker.state),
  },
  {
    name: 'vigil_breaker_score',
    kind: 'gauge',
    help: 'The decaying number of recent failures.',
    read: ({ status }) => single(status.breaker.score),
  },
  {
    name: 'vigil_breaker_threshold',
    kind: 'gauge',
    help: 'The score above which the breaker opens.',
    read: ({ status }) => single(status.breaker.threshold),
  },
  {
    name: 'vigil_breaker_openings_total',
    kind: 'counter',
    help: 'How often the breaker has opened.',
    read: ({ tally }) => single(tally.countEvents('breaker.opened')),
  },
];
