import { VigilError } from '../errors.ts';
import { ControlClient } from '../http/control-client.ts';
import {
  CONTROL_WAIT,
  isAlive,
  readLockHolder,
  type LockHolder,
} from '../session/monitor/session-lock.ts';
import type { SessionStatus } from '../session/monitor/session-status.ts';
import { type Clock, waitFor } from '../util/clock.ts';
import type { ChosenSession } from './chosen-session.ts';

/** The monitor of a session, found running. */
export interface SessionConnection {
  readonly client: ControlClient;
  readonly status: SessionStatus;
  /** The monitor's process; null when it holds no lock. */
  readonly holder: LockHolder | null;
}

/**
 * Reaches the monitor of a session; one that has just been started is given the time to open its control socket.
 *
 * @throws ERR_SESSION_NOT_RUNNING, ERR_CONTROL
 */
export async function connectSession(
  session: ChosenSession,
  clock: Clock,
): Promise<SessionConnection> {
  const { stateDirectory } = session.options;
  const client = new ControlClient(stateDirectory, { sessionName: session.name, clock });
  const latest = clock.now() + CONTROL_WAIT.longestMs;
  for (;;) {
    const holder = readLockHolder(stateDirectory);
    try {
      const status = (await client.request('GET', '/status')) as SessionStatus;
      return { client, status, holder };
    } catch (error) {
      if (!isNotRunning(error)) throw error;
      if (holder === null || !isAlive(holder)) throw withOthers(error, session);
      if (clock.now() > latest) throw createUnreachable(session, holder);
    }
    await waitFor(clock, CONTROL_WAIT.lookAgainMs);
  }
}

/** Waits until the monitor's process is gone. */
export async function waitUntilGone(holder: LockHolder | null, clock: Clock): Promise<void> {
  while (holder !== null && isAlive(holder)) await waitFor(clock, CONTROL_WAIT.lookAgainMs);
}

/** Whether an error says that nobody runs the session. */
export function isNotRunning(error: unknown): error is VigilError {
  return error instanceof VigilError && error.code === 'ERR_SESSION_NOT_RUNNING';
}

function withOthers(error: VigilError, { others }: ChosenSession): VigilError {
  if (others.length === 0) return error;
  const text = `${error.message}\nsessions that were run here: ${others.join(', ')}`;
  return new VigilError(error.code, text, { cause: error });
}

function createUnreachable({ name }: ChosenSession, { pid }: LockHolder): VigilError {
  return new VigilError(
    'ERR_CONTROL',
    `the session "${name}" is run by the monitor with pid ${pid}, but its control socket does not answer: see its own output; "kill ${pid}" ends it in order`,
  );
}
