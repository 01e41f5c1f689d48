import type { FrontAddress } from '../../http/front-server.ts';
import type { DeliveryStatus } from '../../notify/notice-queue.ts';
import type { ChildLife } from '../../process/child-life.ts';
import type { LifeState } from '../../supervision/child-life-machine.ts';
import type { Cause } from '../../supervision/cause.ts';
import type { SlotState } from '../../supervision/slot-machine.ts';
import type { Clock } from '../../util/clock.ts';
import { VERSION } from '../../version.ts';
import type { QuarantinedRoute } from '../contract.ts';
import type { ResolvedSessionOptions } from '../options.ts';
import type { Notifications } from './notifications.ts';
import type { ServerInstance } from './server-instance.ts';
import type { RestartCounts, SessionSupervisor } from './session-supervisor.ts';

export type SessionState =
  'starting' | 'running' | 'degraded' | 'reloading' | 'backingOff' | 'broken' | 'stopping';

/** What `vigil status --json` prints. */
export interface SessionStatus {
  readonly name: string;
  readonly state: SessionState;
  readonly monitorPid: number;
  readonly startedAt: string;
  readonly node: string;
  readonly version: string;
  readonly worker: WorkerStatus | null;
  /** There while a spare process is alive. */
  readonly standby?: StandbyStatus;
  readonly restarts: RestartCounts;
  readonly breaker: {
    readonly state: 'closed' | 'open' | 'halfOpen';
    readonly score: number;
    readonly threshold: number;
    readonly nextRetryAt: string | null;
  };
  readonly lastDeath: {
    readonly cause: Cause;
    readonly code: number | null;
    readonly signal: string | null;
    readonly at: string;
    readonly reportId: string | null;
  } | null;
  /** There while routes are answered 503. */
  readonly quarantine?: readonly { readonly route: string; readonly until: string }[];
  readonly mail: DeliveryStatus;
  readonly webhook: DeliveryStatus;
  /** Where it is reached over TCP; `http` is null while it is not. */
  readonly control: { readonly http: FrontAddress | null };
}

export interface StandbyStatus {
  readonly pid: number | null;
  readonly generation: number;
  /** Whether it has done all it can do before it is needed. */
  readonly ready: boolean;
}

export interface WorkerStatus {
  readonly pid: number | null;
  readonly generation: number;
  readonly state: Exclude<LifeState, 'standby'>;
  readonly startedAt: string;
  readonly readyAt: string | null;
  readonly uptimeMs: number;
  readonly port: number | null;
  readonly rssBytes: number | null;
  readonly loopLagMs: number | null;
  readonly heartbeatAgeMs: number;
  readonly lastPoll: {
    readonly ok: boolean;
    readonly latencyMs: number;
    readonly at: string;
  } | null;
  readonly pollFailures: number;
}

/** The newest crash report, and of which server process. */
export interface LastReport {
  readonly id: string;
  readonly generation: number;
}

export interface StatusSources {
  readonly clock: Clock;
  readonly options: ResolvedSessionOptions;
  readonly supervisor: SessionSupervisor;
  readonly startedAt: string;
  readonly notifications: Notifications;
  readonly controlHttp: FrontAddress | null;
  readonly lastReport: LastReport | null;
  readonly quarantined: readonly QuarantinedRoute[];
}

const SESSION_STATES: Record<SlotState, SessionState> = {
  idle: 'starting',
  starting: 'starting',
  running: 'running',
  restarting: 'starting',
  reloading: 'reloading',
  retiring: 'reloading',
  backingOff: 'backingOff',
  broken: 'broken',
  stopping: 'stopping',
  stopped: 'stopping',
};

export function describeStatus(sources: StatusSources): SessionStatus {
  const { clock, options, supervisor } = sources;
  const { server, slot } = supervisor;
  const { breaker } = slot;
  const state = SESSION_STATES[slot.state];
  const degraded = state === 'running' && server?.life.state === 'degraded';
  return {
    name: options.name,
    state: degraded ? 'degraded' : state,
    monitorPid: process.pid,
    startedAt: sources.startedAt,
    node: process.version,
    version: VERSION,
    worker: server === null ? null : describeWorker(server, clock),
    ...(slot.spare === null ? {} : { standby: describeStandby(slot.spare) }),
    restarts: supervisor.restarts,
    breaker: {
      state: breaker.state,
      score: round(breaker.score),
      threshold: options.restart.breaker.failures,
      nextRetryAt: breaker.nextRetryAt === null ? null : toIso(clock, breaker.nextRetryAt),
    },
    lastDeath: describeLastDeath(sources),
    ...describeQuarantine(sources),
    mail: sources.notifications.mailStatus,
    webhook: sources.notifications.webhookStatus,
    control: { http: sources.controlHttp },
  };
}

function describeQuarantine({
  quarantined,
  clock,
}: StatusSources): Pick<SessionStatus, 'quarantine'> {
  if (quarantined.length === 0) return {};
  const describe = ({ route, until }: QuarantinedRoute): { route: string; until: string } => ({
    route,
    until: toIso(clock, until),
  });
  return { quarantine: quarantined.map(describe) };
}

function describeStandby({ pid, generation, state }: ChildLife): StandbyStatus {
  return { pid, generation, ready: state === 'standby' || state === 'ready' };
}

function describeLastDeath({ supervisor, lastReport }: StatusSources): SessionStatus['lastDeath'] {
  const death = supervisor.lastDeath;
  if (death === null) return null;
  const { cause, code, signal, at, generation } = death;
  // A report is written some time after the death: until then the newest one is of another.
  const reportId = lastReport?.generation === generation ? lastReport.id : null;
  return { cause, code, signal, at, reportId };
}

function describeWorker(server: ServerInstance, clock: Clock): WorkerStatus {
  const { life, link } = server;
  const { lastPoll, heartbeat } = link;
  return {
    pid: life.pid,
    generation: life.generation,
    // Whoever serves stands by no longer, and is about to start its work.
    state: life.state === 'standby' ? 'starting' : life.state,
    startedAt: toIso(clock, life.startedAt),
    readyAt: life.readyAt === null ? null : toIso(clock, life.readyAt),
    uptimeMs: Math.round(clock.now() - life.startedAt),
    port: link.port,
    rssBytes: heartbeat?.rssBytes ?? null,
    loopLagMs: heartbeat === null ? null : round(heartbeat.loopLagMs),
    heartbeatAgeMs: Math.round(clock.now() - life.lastSignAt),
    lastPoll:
      lastPoll === null
        ? null
        : { ok: lastPoll.ok, latencyMs: round(lastPoll.latencyMs), at: lastPoll.at },
    pollFailures: link.health.count,
  };
}

function toIso(clock: Clock, monotonic: number): string {
  return new Date(clock.wallTime() - (clock.now() - monotonic)).toISOString();
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
