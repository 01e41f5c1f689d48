import type { SlotState } from '../../../supervision/slot-machine.ts';
import type { SessionEvent } from '../../session-event.ts';

/** One message to the service manager: variables with their values, as sd_notify(3) has them. */
export type Notification = readonly string[];

/** What the service manager believes of this session. */
export interface Belief {
  readonly ready: boolean;
  readonly reloading: boolean;
  readonly stopping: boolean;
}

/** What may be worth telling: an event of the session, or one of these. */
export type Happening =
  | SessionEvent
  /** The service manager, or somebody else, asks for a reload. */
  | { readonly type: 'signal.hangup'; readonly slotState: SlotState }
  /** The session is this monitor's, and was another's. */
  | { readonly type: 'session.takenOver'; readonly pid: number };

export interface Notifying {
  readonly belief: Belief;
  readonly messages: readonly Notification[];
}

export const NOTHING_SAID: Belief = { ready: false, reloading: false, stopping: false };

/** For how long an ending is vouched for; said again well before it is over. */
export const ENDING_EXTENSION_MS = 30_000;

/**
 * Decides what the service manager is to be told.
 *
 * @param nowMs - monotonic: the clock a reload is stamped with
 */
export function decideNotifications(
  belief: Belief,
  happening: Happening,
  nowMs: number,
): Notifying {
  const decide = DECISIONS[happening.type] as Decision<Happening> | undefined;
  if (belief.stopping || decide === undefined) return { belief, messages: [] };
  return decide(belief, happening, nowMs);
}

type Decision<Known extends Happening> = (
  belief: Belief,
  happening: Known,
  nowMs: number,
) => Notifying;

const DECISIONS: {
  readonly [Type in Happening['type']]?: Decision<Extract<Happening, { type: Type }>>;
} = {
  'worker.ready': (belief) => (belief.ready ? { belief, messages: [] } : sayReady(belief, [])),
  'session.takenOver': (belief, { pid }) => sayReady(belief, [`MAINPID=${String(pid)}`]),
  'worker.extendedDeadline': (belief, { ms }) => sayExtended(belief, ms),
  'reload.started': (belief, _event, nowMs) =>
    belief.ready ? sayReloading(belief, nowMs) : { belief, messages: [] },
  'reload.succeeded': endReloading,
  'reload.rolledBack': endReloading,
  'signal.hangup': (belief, { slotState }, nowMs) => answerHangup(belief, slotState, nowMs),
  'session.ending': sayStopping,
  'session.ended': sayStopping,
};

/** Asks for more time than the service manager would give. */
export function extendBy(ms: number): Notification {
  return [`EXTEND_TIMEOUT_USEC=${String(Math.round(ms * 1000))}`];
}

function sayReady(belief: Belief, more: readonly string[]): Notifying {
  const messages = [['READY=1', ...more]];
  return { belief: { ...belief, ready: true, reloading: false }, messages };
}

function sayReloading(belief: Belief, nowMs: number): Notifying {
  const messages = [['RELOADING=1', `MONOTONIC_USEC=${String(Math.floor(nowMs * 1000))}`]];
  return { belief: { ...belief, reloading: true }, messages };
}

function endReloading(belief: Belief): Notifying {
  return belief.reloading ? sayReady(belief, []) : { belief, messages: [] };
}

/** A service that serves has no deadline of its own: what extends one there is a limit of its whole life. */
function sayExtended(belief: Belief, ms: number): Notifying {
  const isAwaited = !belief.ready || belief.reloading;
  return { belief, messages: isAwaited ? [extendBy(ms)] : [] };
}

/** Who asks for a reload waits for its begin and its end, also when nothing comes of it. */
function answerHangup(belief: Belief, slotState: SlotState, nowMs: number): Notifying {
  // One that is accepted is told of by its events.
  if (!belief.ready || slotState === 'running') return { belief, messages: [] };
  const begun = sayReloading(belief, nowMs);
  if (belief.reloading) return begun;
  const done = sayReady(begun.belief, []);
  return { belief: done.belief, messages: [...begun.messages, ...done.messages] };
}

function sayStopping(belief: Belief): Notifying {
  const messages = [['STOPPING=1', ...extendBy(ENDING_EXTENSION_MS)]];
  return { belief: { ...belief, stopping: true }, messages };
}
