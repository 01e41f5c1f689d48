import type { SessionState, SessionStatus } from './session-status.ts';

/** What a person has to know first: what is wrong, what happens by itself, and what to do. */
export interface StatusAdvice {
  /** Whether people are being let down at this moment. */
  readonly isBad: boolean;
  readonly wrong: string;
  readonly next: string | null;
  readonly todo: readonly string[];
}

// Longer ago, and the server has run well since: no news.
const RECENT_MS = 15 * 60_000;
const SILENT_MS = 3000;

/** Null when nothing is wrong. `now` is wall time, milliseconds. */
export function adviseOnStatus(status: SessionStatus, now: number): StatusAdvice | null {
  return BY_STATE[status.state](status, now) ?? adviseOnServer(status) ?? adviseOnPast(status, now);
}

type Adviser = (status: SessionStatus, now: number) => StatusAdvice | null;

const nothing: Adviser = () => null;

const BY_STATE: Record<SessionState, Adviser> = {
  broken: adviseOnBreaker,
  backingOff: adviseOnBackoff,
  starting: adviseOnStart,
  degraded: adviseOnFailedPolls,
  running: nothing,
  reloading: nothing,
  stopping: nothing,
};

function adviseOnBreaker(status: SessionStatus, now: number): StatusAdvice {
  return {
    isBad: true,
    wrong: `no server: it failed too often; ${deathText(status, now)}`,
    next: nextStart(status, 'one trial start', now),
    todo: [showReport(status), 'vigil restart tries at once'],
  };
}

function adviseOnBackoff(status: SessionStatus, now: number): StatusAdvice {
  return {
    isBad: true,
    wrong: `no server is running: ${deathText(status, now)}`,
    next: nextStart(status, 'a start', now),
    todo: [showReport(status)],
  };
}

function nextStart({ breaker }: SessionStatus, what: string, now: number): string | null {
  return breaker.nextRetryAt === null ? null : `${what} ${untilText(breaker.nextRetryAt, now)}`;
}

function adviseOnFailedPolls({ worker }: SessionStatus): StatusAdvice {
  return {
    isBad: true,
    wrong: `its health route fails, ${countText(worker?.pollFailures ?? 0, 'poll')} in a row`,
    next: 'it is replaced when it goes on failing',
    todo: ['vigil logs tells what it says; vigil explain, when it is replaced'],
  };
}

function adviseOnStart(status: SessionStatus, now: number): StatusAdvice {
  const { worker, lastDeath } = status;
  const since = worker === null ? '' : `, started ${agoText(worker.startedAt, now)}`;
  const before = lastDeath === null ? '' : `; ${deathText(status, now)}`;
  return {
    isBad: lastDeath !== null,
    wrong: `the server is not ready yet${since}${before}`,
    next: null,
    todo:
      lastDeath === null
        ? ['vigil logs tells what it says; vigil explain, its deadline']
        : [showReport(status)],
  };
}

function adviseOnServer({ worker, quarantine, mail, webhook }: SessionStatus): StatusAdvice | null {
  if (worker !== null && worker.state === 'ready' && worker.heartbeatAgeMs > SILENT_MS) {
    return {
      isBad: true,
      wrong: `no sign of life for ${secondsOf(worker.heartbeatAgeMs)}: its event loop may be stuck`,
      next: 'a stuck server is replaced, and its stack reported',
      todo: ['vigil explain tells when; vigil restart --force does it now'],
    };
  }
  const route = quarantine?.[0];
  if (route !== undefined) {
    return {
      isBad: true,
      wrong: `${route.route} is answered 503: the server died of it again and again`,
      next: `it is let in again at ${route.until}`,
      todo: ['vigil crashes lists the reports'],
    };
  }
  const waiting = mail.spooled + webhook.spooled;
  if (waiting === 0) return null;
  return {
    isBad: false,
    wrong: `${countText(waiting, 'alert')} could not be delivered yet`,
    next: 'they are tried again by themselves',
    todo: ['vigil test-alert tells what is answered'],
  };
}

function adviseOnPast(status: SessionStatus, now: number): StatusAdvice | null {
  const { lastDeath, state } = status;
  if (state !== 'running' || lastDeath === null || lastDeath.reportId === null) return null;
  if (now - Date.parse(lastDeath.at) > RECENT_MS) return null;
  return {
    isBad: false,
    wrong: `${deathText(status, now)} and was replaced`,
    next: null,
    todo: [showReport(status)],
  };
}

function showReport({ lastDeath }: SessionStatus): string {
  const id = lastDeath?.reportId ?? null;
  return id === null ? 'vigil logs tells what it said last' : `vigil crashes show ${id}`;
}

function deathText({ lastDeath }: SessionStatus, now: number): string {
  if (lastDeath === null) return 'it has ended';
  return `it died ${agoText(lastDeath.at, now)} (${lastDeath.cause})`;
}

function agoText(at: string, now: number): string {
  return `${spanText(Math.max(now - Date.parse(at), 0))} ago`;
}

function untilText(at: string, now: number): string {
  const ms = Date.parse(at) - now;
  return ms <= 0 ? 'now' : `in ${spanText(ms)}`;
}

/** A span in the largest unit that leaves something to count: `40 s`, `12 min`, `5 h`, `3 days`. */
export function spanText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${String(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${String(minutes)} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${String(hours)} h` : `${String(Math.round(hours / 24))} days`;
}

function secondsOf(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function countText(count: number, what: string): string {
  return `${String(count)} ${what}${count === 1 ? '' : 's'}`;
}
