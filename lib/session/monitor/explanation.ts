import type { Foresight } from '../../process/decide-next.ts';
import { delayRangeMs } from '../../supervision/backoff.ts';
import { SAMPLES_ABOVE } from '../../supervision/memory-limit.ts';
import type { SlotState } from '../../supervision/slot-machine.ts';
import type { Clock } from '../../util/clock.ts';
import type { ResolvedSessionOptions } from '../options.ts';
import type { OperatedSession } from './operated-session.ts';
import type { ServerInstance } from './server-instance.ts';
import type { SessionStatus, StandbyStatus } from './session-status.ts';

/** What a death would lead to. */
export interface ForeseenStep {
  readonly decision: 'restart' | 'promote' | 'adoptSuccessor' | 'breakerOpens' | 'end';
  /** Until the next start, without jitter; null when there is none. */
  readonly delayMs: number | null;
  /** Within which bounds the jitter leaves it. */
  readonly delayRangeMs: readonly [least: number, most: number] | null;
  /** Restarts since the last stable run, before this one; null when the death is no failure. */
  readonly attempt: number | null;
  /** The failure score after it. */
  readonly score: number;
}

export interface ExplainedDeadline {
  /** `retry`: the start that is waited for. `kill`: the next signal to what does not end. */
  readonly name: 'startup' | 'silence' | 'drain' | 'kill' | 'retry' | 'spareStart';
  /** Of the process it is about; null for starts. */
  readonly generation: number | null;
  readonly inMs: number;
  /** Of a drain: requests that are still open; absent when they are not recorded. */
  readonly open?: number;
}

/** What the session would decide next, and by which numbers; `vigil explain --json` prints it. */
export interface SessionExplanation {
  readonly name: string;
  readonly state: SessionStatus['state'];
  /** Of the machine that keeps one server wanted: finer than `state`. */
  readonly slot: SlotState;
  readonly policy: Pick<ResolvedSessionOptions['restart'], 'policy' | 'stopOn'>;
  readonly breaker: SessionStatus['breaker'] & {
    readonly halfLifeMs: number;
    readonly cooldownMs: number;
    readonly onOpen: 'retry' | 'exit';
    /** Restarts since the last stable run. */
    readonly attempt: number;
    readonly nextRetryInMs: number | null;
  };
  /** Null while there is no process that could die, or its end is no failure. */
  readonly next: { readonly failure: ForeseenStep; readonly exit0: ForeseenStep } | null;
  readonly worker: Pick<
    NonNullable<SessionStatus['worker']>,
    'pid' | 'generation' | 'state' | 'uptimeMs' | 'heartbeatAgeMs' | 'rssBytes'
  > | null;
  /** The next to come first. */
  readonly deadlines: readonly ExplainedDeadline[];
  /** Null when nobody polls. */
  readonly polling: {
    readonly failures: number;
    readonly failureTolerance: number;
    readonly window: {
      readonly failures: number;
      readonly of: number;
      readonly counted: number;
    } | null;
  } | null;
  readonly heartbeat: { readonly silenceMs: number };
  /** Null without a limit. */
  readonly memory: {
    readonly limitBytes: number;
    readonly samplesAbove: number;
    readonly samplesTolerated: number;
  } | null;
  readonly lastDeath:
    | (NonNullable<SessionStatus['lastDeath']> & {
        readonly generation: number;
        readonly phase: string;
        readonly agoMs: number;
        readonly evidence: readonly string[];
      })
    | null;
  /** A change was seen, and its reload waits for what is going on. */
  readonly watch: { readonly paths: number; readonly isReloadWaiting: boolean };
  readonly standby: { readonly isWanted: boolean; readonly spare: StandbyStatus | null };
}

/** Collects what the next decision of a session depends on; nothing is changed by it. @lazy */
export function explainSession(session: OperatedSession, clock: Clock): SessionExplanation {
  const { live, supervisor, status } = session;
  const { slot } = supervisor;
  const { restart, heartbeat, watch, standby } = live.current;
  const { halfLifeMs, cooldownMs, onOpen } = restart.breaker;
  const { nextRetryAt } = slot.breaker;
  return {
    name: status.name,
    state: status.state,
    slot: slot.state,
    policy: { policy: restart.policy, stopOn: restart.stopOn },
    breaker: {
      ...status.breaker,
      halfLifeMs,
      cooldownMs,
      onOpen,
      attempt: slot.breaker.attempt,
      nextRetryInMs: nextRetryAt === null ? null : untilMs(nextRetryAt, clock),
    },
    next: foresee(session),
    worker: status.worker,
    deadlines: listDeadlines(session, clock),
    polling: explainPolling(session),
    heartbeat: { silenceMs: heartbeat.silenceMs },
    memory: explainMemory(session),
    lastDeath: explainLastDeath(session, clock),
    watch: {
      paths: watch.length,
      isReloadWaiting: session.services.triggers?.isReloadWaiting ?? false,
    },
    standby: { isWanted: standby, spare: status.standby ?? null },
  };
}

/** In these states the process that serves has been asked to end, or there is none. */
const NOTHING_TO_FORESEE: readonly SlotState[] = [
  'idle',
  'restarting',
  'backingOff',
  'broken',
  'stopping',
  'stopped',
];

function foresee({ supervisor, live }: OperatedSession): SessionExplanation['next'] {
  const { slot } = supervisor;
  if (NOTHING_TO_FORESEE.includes(slot.state)) return null;
  const describe = (foresight: Foresight): ForeseenStep =>
    describeStep(foresight, slot.breaker.score, live.current);
  return {
    failure: describe(slot.foresee({ expected: false, code: null, cause: 'crash' })),
    exit0: describe(slot.foresee({ expected: false, code: 0, cause: 'clean-exit' })),
  };
}

function describeStep(
  foresight: Foresight,
  score: number,
  { restart }: ResolvedSessionOptions,
): ForeseenStep {
  const { verdict } = foresight;
  const decision = decisionOf(foresight);
  const isWait = decision === 'restart' && verdict !== null;
  const delayMs = decision === 'end' ? null : decision === 'promote' ? 0 : (verdict?.delayMs ?? 0);
  return {
    decision,
    delayMs,
    delayRangeMs: isWait ? delayRangeMs(restart.backoff, verdict.attempt) : null,
    attempt: verdict?.attempt ?? null,
    score: Math.round((verdict === null ? score : score + 1) * 100) / 100,
  };
}

function decisionOf({ effects, verdict, why }: Foresight): ForeseenStep['decision'] {
  if (effects.includes('adoptSuccessor')) return 'adoptSuccessor';
  if (effects.includes('promoteSpare')) return 'promote';
  if (why !== null) return 'end';
  return verdict?.kind === 'open' ? 'breakerOpens' : 'restart';
}

function listDeadlines({ supervisor, live }: OperatedSession, clock: Clock): ExplainedDeadline[] {
  const { flightRecorder } = live.current.crashReports;
  const { slot, servers } = supervisor;
  const { nextRetryAt } = slot.breaker;
  const ofLives = servers.flatMap((server) =>
    server.life.pendingDeadlines.map(({ name, inMs }): ExplainedDeadline => {
      const { state, generation } = server.life;
      if (name !== 'stop') return { name, generation, inMs };
      if (state === 'killing') return { name: 'kill', generation, inMs };
      const open = flightRecorder ? { open: countOpen(server) } : {};
      return { name: 'drain', generation, inMs, ...open };
    }),
  );
  const starts: ExplainedDeadline[] = [];
  if (nextRetryAt !== null)
    starts.push({ name: 'retry', generation: null, inMs: untilMs(nextRetryAt, clock) });
  if (slot.spareStartInMs !== null)
    starts.push({ name: 'spareStart', generation: null, inMs: slot.spareStartInMs });
  return [...ofLives, ...starts]
    .map((deadline) => ({ ...deadline, inMs: Math.round(deadline.inMs) }))
    .sort((a, b) => a.inMs - b.inMs);
}

function countOpen(server: ServerInstance): number {
  const { requestsInFlight, moreRequests } = server.readRequests();
  return requestsInFlight.length + moreRequests;
}

function explainPolling({ supervisor, live }: OperatedSession): SessionExplanation['polling'] {
  const { polling } = live.current;
  if (polling === false) return null;
  const health = supervisor.server?.link.health;
  const { failureTolerance, window } = polling;
  return {
    failures: health?.count ?? 0,
    failureTolerance,
    window: window === null ? null : { ...window, counted: health?.failuresInWindow ?? 0 },
  };
}

const BYTES_PER_MB = 1024 * 1024;

function explainMemory({
  supervisor,
  live,
  services,
}: OperatedSession): SessionExplanation['memory'] {
  const { limitMb } = live.current.memory;
  if (limitMb === null) return null;
  const tally = services.triggers?.memoryTally ?? null;
  const isOfThis = tally?.generation === supervisor.slot.current?.generation;
  return {
    limitBytes: limitMb * BYTES_PER_MB,
    samplesAbove: isOfThis ? (tally?.above ?? 0) : 0,
    samplesTolerated: SAMPLES_ABOVE - 1,
  };
}

function explainLastDeath(session: OperatedSession, clock: Clock): SessionExplanation['lastDeath'] {
  const { status, supervisor, mask } = session;
  const death = supervisor.lastDeath;
  if (status.lastDeath === null || death === null) return null;
  return {
    ...status.lastDeath,
    generation: death.generation,
    phase: death.phase,
    agoMs: Math.max(clock.wallTime() - Date.parse(death.at), 0),
    evidence: death.evidence.map((line) => mask.hide(line)),
  };
}

function untilMs(monotonic: number, clock: Clock): number {
  return Math.max(Math.round(monotonic - clock.now()), 0);
}
