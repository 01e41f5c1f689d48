import type { MetricSources } from '../../lib/session/monitor/metrics/metric-sources.ts';
import { SessionTally } from '../../lib/session/monitor/metrics/session-tally.ts';
import { SessionJournal } from '../../lib/session/monitor/session-journal.ts';
import type { SessionStatus } from '../../lib/session/monitor/session-status.ts';
import { ManualClock } from '../../lib/testing/manual-clock.ts';

export const WORKER: NonNullable<SessionStatus['worker']> = {
  pid: 4720,
  generation: 3,
  state: 'ready',
  startedAt: '2026-11-22T08:00:00.000Z',
  readyAt: '2026-11-22T08:00:01.000Z',
  uptimeMs: 12_000,
  port: 3000,
  rssBytes: 52e6,
  loopLagMs: 1.2,
  heartbeatAgeMs: 400,
  lastPoll: { ok: true, latencyMs: 2, at: '2026-11-22T08:00:11.000Z' },
  pollFailures: 0,
};

export const STATUS: SessionStatus = {
  name: 'shop',
  state: 'running',
  monitorPid: 4711,
  startedAt: '2026-11-22T08:00:00.000Z',
  node: 'v20.20.2',
  version: '1.0.0',
  worker: WORKER,
  restarts: { total: 2, byCause: { crash: 1, hang: 1 } },
  breaker: { state: 'halfOpen', score: 1.3, threshold: 5, nextRetryAt: null },
  lastDeath: null,
  mail: { configured: true, lastAcceptedAt: null, spooled: 4 },
  webhook: { configured: false, lastAcceptedAt: null, spooled: 0 },
  control: { http: null },
};

export const BEAT = { loopLagMs: 30, rssBytes: 52e6, heapUsedBytes: 20e6, heapLimitBytes: 4e9 };

export function startTally(prepare: (journal: SessionJournal) => void = () => undefined) {
  const journal = new SessionJournal(new ManualClock(), (error) => {
    throw error;
  });
  prepare(journal);
  const serving = { generation: 3, isStarting: false };
  return { journal, tally: new SessionTally({ journal, serving: () => serving }) };
}

/** A session with a server process at work, seen by one scrape. */
export function createSources(sources: Partial<MetricSources> = {}): MetricSources {
  return {
    status: STATUS,
    heartbeat: BEAT,
    tally: startTally().tally,
    monitorRssBytes: 60e6,
    followedEventsDropped: 0,
    doors: [{ door: 'http', connections: 2, followers: 1, dropped: 3 }],
    outputDroppedBytes: { file: 0, terminal: 17 },
    ...sources,
  };
}
