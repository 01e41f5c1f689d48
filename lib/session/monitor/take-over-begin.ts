import { VigilError } from '../../errors.ts';
import { ControlClient } from '../../http/control-client.ts';
import { readAnsweredCode } from '../../http/control-client-errors.ts';
import { canBindOnly } from '../../process/listener/bind-socket.ts';
import type { TakenSocket } from '../../process/listener/handed-socket.ts';
import { receiveSockets } from '../../process/listener/receive-sockets.ts';
import { type Clock, waitFor } from '../../util/clock.ts';
import type { ResolvedSessionOptions } from '../options.ts';
import {
  CONTROL_WAIT,
  createUnlock,
  isAlive,
  type LockHolder,
  lockSession,
  readLockHolder,
} from './session-lock.ts';

/** What the old monitor answers. */
export interface TakeOverOffer {
  readonly path: string;
  readonly sockets: number;
  /** There when a service manager watches it. */
  readonly watchdogMs?: number | null;
}

/** The monitor that is to be replaced; it serves on until it is told to end. */
export interface Predecessor {
  readonly holder: LockHolder;
  readonly client: ControlClient;
  readonly sockets: readonly TakenSocket[];
  readonly watchdogMs: number | null;
}

export interface SessionClaim {
  readonly unlock: () => void;
  /** Null when nobody ran the session: it is started like any other. */
  readonly predecessor: Predecessor | null;
}

/**
 * Claims a session: from the monitor that runs it, whose listening sockets it takes, or else as the first.
 * @lazy
 *
 * @throws ERR_TAKE_OVER_REFUSED when the other monitor cannot give it away; it goes on untouched
 */
export async function claimByTakeOver(
  options: ResolvedSessionOptions,
  clock: Clock,
): Promise<SessionClaim> {
  const { stateDirectory, name } = options;
  for (;;) {
    const holder = readLockHolder(stateDirectory);
    if (holder === null || !isAlive(holder)) {
      return { unlock: lockSession(stateDirectory, name), predecessor: null };
    }
    const client = new ControlClient(stateDirectory, { sessionName: name, clock });
    const predecessor = await takeFrom({ holder, client, options, clock });
    if (predecessor !== null) return { unlock: createUnlock(stateDirectory), predecessor };
  }
}

interface Attempt {
  readonly holder: LockHolder;
  readonly client: ControlClient;
  readonly options: ResolvedSessionOptions;
  readonly clock: Clock;
}

/** Null when that monitor has ended meanwhile. */
async function takeFrom(attempt: Attempt): Promise<Predecessor | null> {
  const { holder, client, options, clock } = attempt;
  if (!options.socket.hold) throw refuse(holder, 'socket.hold is false for the new one');
  if (!canBindOnly()) throw refuse(holder, 'this Node cannot hold a listening socket');
  const offer = await askForSockets(attempt);
  if (offer === null) return null;
  try {
    const sockets = await receiveSockets(offer.path, clock);
    return { holder, client, sockets, watchdogMs: readWatchdog(offer) };
  } catch (cause) {
    throw refuse(holder, `the sockets could not be passed on: ${(cause as Error).message}`);
  }
}

/** The other monitor may be of another version. */
function readWatchdog({ watchdogMs }: TakeOverOffer): number | null {
  return typeof watchdogMs === 'number' && watchdogMs > 0 ? watchdogMs : null;
}

async function askForSockets({ holder, client, clock }: Attempt): Promise<TakeOverOffer | null> {
  const latest = clock.now() + CONTROL_WAIT.longestMs;
  for (;;) {
    try {
      return (await client.request('POST', '/take-over', { pid: process.pid })) as TakeOverOffer;
    } catch (error) {
      if (!isAlive(holder)) return null;
      if (!isUnreachable(error)) throw refuse(holder, explain(error));
      if (clock.now() > latest) throw refuse(holder, 'its control socket does not answer');
    }
    await waitFor(clock, CONTROL_WAIT.lookAgainMs);
  }
}

function isUnreachable(error: unknown): boolean {
  return error instanceof VigilError && error.code === 'ERR_SESSION_NOT_RUNNING';
}

function explain(error: unknown): string {
  if (readAnsweredCode(error) === 'ERR_CONTROL_REQUEST')
    return 'its version of Vigil does not know how to';
  return error instanceof Error ? error.message : String(error);
}

function refuse({ pid }: LockHolder, reason: string): VigilError {
  return new VigilError(
    'ERR_TAKE_OVER_REFUSED',
    `the session cannot be taken over from the monitor with pid ${String(pid)}, which goes on: ${reason}`,
  );
}
