import type { MetricSample } from '../../../http/metrics-text.ts';
import type { BucketTally } from '../../../util/bucket-tally.ts';
import type { WorkerStatus } from '../session-status.ts';
import { type MetricDefinition, single } from './metric-sources.ts';

/** The server process: how it is now, and how its heartbeats and polls have gone. */
export const WORKER_METRICS: readonly MetricDefinition[] = [
  ofWorker('vigil_worker_generation', 'The number of the server process, from 1.', (worker) => {
    return worker.generation;
  }),
  ofWorker('vigil_worker_uptime_seconds', 'How long the server process has been alive.', (worker) =>
    toSeconds(worker.uptimeMs),
  ),
  ofWorker(
    'vigil_worker_heartbeat_age_seconds',
    'How long ago the server process last gave a sign of life.',
    (worker) => toSeconds(worker.heartbeatAgeMs),
  ),
  {
    name: 'vigil_worker_loop_lag_seconds',
    kind: 'gauge',
    help: 'How late the event loop of the server process was at its last heartbeat.',
    read: ({ heartbeat }) => single(heartbeat === null ? null : toSeconds(heartbeat.loopLagMs)),
  },
  {
    name: 'vigil_loop_lag_seconds',
    kind: 'histogram',
    help: 'How late the event loop was, over all heartbeats.',
    read: ({ tally }) => spread(tally.loopLagSeconds),
  },
  {
    name: 'vigil_loop_stalls_total',
    kind: 'counter',
    help: 'How often the event loop was stuck, and turned again before it counted as a hang.',
    read: ({ tally }) => single(tally.countEvents('loop.stalled')),
  },
  {
    name: 'vigil_poll_latency_seconds',
    kind: 'histogram',
    help: 'How long polls of the health route took, failed ones included.',
    read: ({ tally }) => spread(tally.pollLatencySeconds),
  },
  {
    name: 'vigil_poll_failures_total',
    kind: 'counter',
    help: 'Polls of a ready server that failed.',
    read: ({ tally }) => single(tally.countEvents('poll.failed')),
  },
  ofWorker(
    'vigil_worker_poll_failures',
    'Polls that have failed in a row, up to now.',
    (worker) => worker.pollFailures,
  ),
  {
    name: 'vigil_worker_resident_memory_bytes',
    kind: 'gauge',
    help: 'The resident memory of the server process.',
    read: ({ heartbeat }) => single(heartbeat?.rssBytes ?? null),
  },
  {
    name: 'vigil_worker_heap_used_bytes',
    kind: 'gauge',
    help: 'What is in use of the JavaScript heap of the server process.',
    read: ({ heartbeat }) => single(heartbeat?.heapUsedBytes ?? null),
  },
  {
    name: 'vigil_worker_heap_limit_bytes',
    kind: 'gauge',
    help: 'How large the JavaScript heap of the server process may grow.',
    read: ({ heartbeat }) => single(heartbeat?.heapLimitBytes ?? null),
  },
];

/** A figure that there is only while there is a server process. */
function ofWorker(
  name: string,
  help: string,
  read: (worker: WorkerStatus) => number,
): MetricDefinition {
  return {
    name,
    kind: 'gauge',
    help,
    read: ({ status: { worker } }) => single(worker === null ? null : read(worker)),
  };
}

function spread(tally: BucketTally): MetricSample[] {
  const bucket = (le: string, value: number): MetricSample => ({
    labels: { le },
    suffix: '_bucket',
    value,
  });
  return [
    ...tally.cumulative().map(({ bound, count }) => bucket(String(bound), count)),
    bucket('+Inf', tally.count),
    { suffix: '_sum', value: tally.sum },
    { suffix: '_count', value: tally.count },
  ];
}

function toSeconds(ms: number): number {
  return ms / 1000;
}
