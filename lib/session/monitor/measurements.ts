import type { ControlRoute } from '../../http/control-route.ts';
import { createMetricsRoutes } from '../../http/metrics-routes.ts';
import { createSampleRoutes } from '../../http/sample-routes.ts';
import type { SampleSource } from '../../http/sample-series.ts';
import type { Clock } from '../../util/clock.ts';
import type { Heartbeat } from '../contract.ts';
import { readMetrics } from './metrics/metric-definitions.ts';
import type { MetricSources } from './metrics/metric-sources.ts';
import { SessionTally } from './metrics/session-tally.ts';
import type { OperatedSession } from './operated-session.ts';
import { SampleRecorder } from './sample-recorder.ts';
import type { ServingProcess } from './serving-signs.ts';

/** What is measured of a session for those who watch it from outside. */
export interface Measurements {
  readonly samples: SampleSource;
  /** `GET /metrics` and `GET /samples`. */
  readonly routes: readonly ControlRoute[];
}

/** A heartbeat that is late by this many of its intervals says nothing about the present any more. */
const STALE_AFTER_BEATS = 3;

/** Begins to measure. It costs memory: only a session that is watched over HTTP is measured. */
export function openMeasurements(session: OperatedSession, clock: Clock): Measurements {
  const { journal, supervisor } = session;
  const serving = (): ServingProcess | null => {
    const life = supervisor.server?.life ?? null;
    if (life === null) return null;
    return { generation: life.generation, isStarting: life.readyAt === null };
  };
  const samples = new SampleRecorder({ clock, journal, serving });
  const tally = new SessionTally({ journal, serving });
  const readSources = (): MetricSources => ({
    status: session.status,
    heartbeat: findFreshHeartbeat(session, clock),
    tally,
    monitorRssBytes: process.memoryUsage.rss(),
    followedEventsDropped: journal.stream.dropped,
    doors: session.services.doors.loads,
    outputDroppedBytes: session.outputDrops,
  });
  const metrics = createMetricsRoutes(() => readMetrics(readSources()));
  return { samples, routes: [...metrics, ...createSampleRoutes(samples)] };
}

function findFreshHeartbeat({ supervisor, live }: OperatedSession, clock: Clock): Heartbeat | null {
  const { server } = supervisor;
  if (server === null) return null;
  const oldestAt = clock.now() - STALE_AFTER_BEATS * live.current.heartbeat.intervalMs;
  return server.life.lastSignAt < oldestAt ? null : server.link.heartbeat;
}
