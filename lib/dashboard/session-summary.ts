import type { DeliveryStatus } from '../notify/notice-queue.ts';
import type { SessionState, SessionStatus } from '../session/monitor/session-status.ts';

/**
 * `ended`: it ended in order, or was never there. `gone`: its monitor has ended without giving its lock back, as by
 * SIGKILL. `silent`: a monitor is there, but does not answer as it should.
 */
export type SeenState = SessionState | 'ended' | 'gone' | 'silent';

/** What the overview shows of a session. */
export interface SessionSummary {
  readonly name: string;
  readonly state: SeenState;
  /** Null where nobody answers. */
  readonly answer: SessionFigures | null;
  /** Why nothing more is known. */
  readonly problem: { readonly code: string; readonly message: string } | null;
}

export type SessionFigures = Pick<SessionStatus, 'breaker' | 'lastDeath' | 'mail' | 'webhook'> & {
  readonly port: number | null;
  readonly uptimeMs: number | null;
  readonly restarts: number;
};

export function summarizeStatus(name: string, status: SessionStatus): SessionSummary {
  const { worker, restarts, breaker, lastDeath, mail, webhook } = status;
  const answer = {
    port: worker?.port ?? null,
    uptimeMs: worker?.uptimeMs ?? null,
    restarts: restarts.total,
    breaker,
    lastDeath,
    mail: pickDelivery(mail),
    webhook: pickDelivery(webhook),
  };
  return { name, state: status.state, answer, problem: null };
}

/** @param hasLock - the lock of the session names a holder */
export function summarizeSilence(name: string, error: unknown, hasLock: boolean): SessionSummary {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  const problem = {
    code: typeof code === 'string' ? code : 'ERR_INTERNAL',
    message: typeof message === 'string' ? message : String(error),
  };
  const isAbsent = problem.code === 'ERR_SESSION_NOT_RUNNING';
  return { name, state: isAbsent ? (hasLock ? 'gone' : 'ended') : 'silent', answer: null, problem };
}

function pickDelivery({ configured, lastAcceptedAt, spooled }: DeliveryStatus): DeliveryStatus {
  return { configured, lastAcceptedAt, spooled };
}
