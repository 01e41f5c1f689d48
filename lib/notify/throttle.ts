import { countCrashes, type CrashPlace, mergePlaces } from './crash-places.ts';

/** The limits a configuration sets, durations in milliseconds. */
export interface ThrottleLimits {
  readonly digestMs: number;
  readonly perHour: number;
}

/** A crash as a digest tells it. */
export interface CrashNotice {
  readonly fingerprint: string;
  readonly reportId: string;
  /** ISO time. */
  readonly at: string;
  readonly cause: string;
  readonly errorLine: string;
  /** Where several servers are told of together: those that had it. */
  readonly where?: readonly CrashPlace[];
}

/** What has been mailed and what waits for a digest. Plain data; times are in milliseconds of one clock. */
export interface ThrottleState {
  /** When the messages of the last hour were written. */
  readonly mailedAt: readonly number[];
  readonly defects: readonly Defect[];
  /** Crashes of defects that were forgotten because too many waited, and that no digest has counted yet. */
  readonly forgotten: number;
}

export interface Defect {
  readonly fingerprint: string;
  /** When a mail last told of it; null when none has. */
  readonly mailedAt: number | null;
  readonly held: HeldCrashes | null;
}

/** Crashes of one defect that no mail has told of. */
export interface HeldCrashes {
  readonly count: number;
  readonly first: CrashNotice;
  readonly last: CrashNotice;
  /** Whether an earlier mail told of the defect, so that these are "more of the same". */
  readonly isKnown: boolean;
  /** Where several servers are told of together: those that had it. */
  readonly where?: readonly CrashPlace[];
}

/** The moment of a decision and the limits it obeys. */
export interface ThrottleMoment {
  readonly now: number;
  readonly limits: ThrottleLimits;
}

export const EMPTY_THROTTLE: ThrottleState = { mailedAt: [], defects: [], forgotten: 0 };

/** Decides whether a crash is mailed at once (the first of its defect, or the first after a quiet while) or held for a digest. */
export function decideCrash(
  state: ThrottleState,
  crash: CrashNotice,
  moment: ThrottleMoment,
): { readonly state: ThrottleState; readonly send: boolean } {
  const current = forgetOld(state, moment);
  const defect = current.defects.find((known) => known.fingerprint === crash.fingerprint);
  if (defect === undefined && hasRoom(current, moment)) {
    const mailed = { fingerprint: crash.fingerprint, mailedAt: moment.now, held: null };
    return { state: withDefect(countMessage(current, moment.now), mailed), send: true };
  }
  return { state: withDefect(current, hold(defect ?? unmailed(crash), crash)), send: false };
}

/** Takes out what a digest has to tell now. */
export function takeDigest(
  state: ThrottleState,
  moment: ThrottleMoment,
): {
  readonly state: ThrottleState;
  readonly told: readonly HeldCrashes[];
  readonly forgotten: number;
} {
  const due = state.defects.filter((defect) => dueAt(defect, moment) <= moment.now);
  if (due.length === 0 || !hasRoom(state, moment)) return { state, told: [], forgotten: 0 };
  const defects = state.defects.map((defect) =>
    due.includes(defect) ? { ...defect, mailedAt: moment.now, held: null } : defect,
  );
  const told = due.flatMap((defect) => defect.held ?? []);
  return {
    state: { ...countMessage(state, moment.now), defects, forgotten: 0 },
    told,
    forgotten: state.forgotten,
  };
}

/** When `takeDigest` should be asked next; null when nothing waits. */
export function nextDigestAt(state: ThrottleState, moment: ThrottleMoment): number | null {
  const due = Math.min(...state.defects.map((defect) => dueAt(defect, moment)));
  if (due === Infinity || moment.limits.perHour < 1) return null;
  const recent = recentMessages(state, moment.now);
  const blocking = recent[recent.length - moment.limits.perHour];
  return blocking === undefined ? due : Math.max(due, blocking + HOUR_MS);
}

/** Counts a message that is not about a crash towards the hour's limit. */
export function countMessage(state: ThrottleState, now: number): ThrottleState {
  return { ...state, mailedAt: [...recentMessages(state, now), now] };
}

const HOUR_MS = 3_600_000;
const MAX_DEFECTS = 200;

function recentMessages(state: ThrottleState, now: number): number[] {
  return state.mailedAt.filter((at) => at > now - HOUR_MS);
}

function hasRoom(state: ThrottleState, { now, limits }: ThrottleMoment): boolean {
  return recentMessages(state, now).length < limits.perHour;
}

function dueAt(defect: Defect, { limits }: ThrottleMoment): number {
  if (defect.held === null) return Infinity;
  return defect.mailedAt === null ? -Infinity : defect.mailedAt + limits.digestMs;
}

function unmailed(crash: CrashNotice): Defect {
  return { fingerprint: crash.fingerprint, mailedAt: null, held: null };
}

function hold(defect: Defect, crash: CrashNotice): Defect {
  const { held } = defect;
  const count = (held?.count ?? 0) + (crash.where === undefined ? 1 : countCrashes(crash.where));
  const isKnown = held?.isKnown ?? defect.mailedAt !== null;
  return {
    ...defect,
    held: { count, first: held?.first ?? crash, last: crash, isKnown, ...placesOf(held, crash) },
  };
}

function placesOf(held: HeldCrashes | null, { where }: CrashNotice): Pick<HeldCrashes, 'where'> {
  return where === undefined ? {} : { where: mergePlaces(held?.where ?? [], where) };
}

// A defect whose window has passed in quiet is new again.
function forgetOld(state: ThrottleState, { now, limits }: ThrottleMoment): ThrottleState {
  const defects = state.defects.filter(
    ({ held, mailedAt }) => held !== null || (mailedAt ?? -Infinity) + limits.digestMs > now,
  );
  return { ...state, defects };
}

function withDefect(state: ThrottleState, defect: Defect): ThrottleState {
  const others = state.defects.filter((known) => known.fingerprint !== defect.fingerprint);
  const dropped =
    others.length < MAX_DEFECTS ? [] : others.slice(0, others.length - MAX_DEFECTS + 1);
  const lost = dropped.reduce((sum, { held }) => sum + (held?.count ?? 0), 0);
  return {
    ...state,
    defects: [...others.slice(dropped.length), defect],
    forgotten: state.forgotten + lost,
  };
}
