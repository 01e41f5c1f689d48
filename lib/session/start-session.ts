import { canBindOnly } from '../process/listener/bind-socket.ts';
import { HeldSockets } from '../process/listener/held-sockets.ts';
import type { Clock } from '../util/clock.ts';
import { systemClock, waitFor } from '../util/clock.ts';
import { createDeferred } from '../util/deferred.ts';
import { createRandomKey } from '../util/random-key.ts';
import type { Monitor } from './monitor/monitor.ts';
import { holdBack } from './monitor/hold-back.ts';
import { LONGEST_BOOT_MS } from './monitor/longest-boot.ts';
import type { MonitorContext } from './monitor/monitor-context.ts';
import { forkServer, type StartedServer } from './monitor/server-fork.ts';
import { lockSession } from './monitor/session-lock.ts';
import type { FoundDoor } from './monitor/service-manager/notify-door.ts';
import type { InheritedSockets } from './monitor/socket-activation.ts';
import { prepareStateDirectory } from './monitor/state-directory.ts';
import type { TakeOver, TakeOverParts } from './monitor/take-over.ts';
import type { ResolvedSessionOptions } from './options.ts';

export interface SessionStart {
  readonly options: ResolvedSessionOptions;
  readonly context: Omit<MonitorContext, 'clock' | 'held'> & { readonly clock?: Clock };
  /** Replaces the monitor that runs this session, if there is one; default false. */
  readonly takesOver?: boolean;
  /** Runs before the server is started; may give the session key. */
  readonly initializeMonitor?: (monitor: Monitor) => unknown;
  /** Told of the monitor, when nothing of the user's is to run before the server. */
  readonly onMonitor?: (monitor: Monitor) => void;
}

type CompleteStart = SessionStart & {
  readonly context: MonitorContext;
  readonly takeOver: TakeOver | null;
};

/**
 * Makes the monitor of a session and starts the server.
 *
 * @throws ERR_STATE_DIRECTORY, ERR_SESSION_RUNNING, ERR_TAKE_OVER_REFUSED
 */
export async function startSession(start: SessionStart): Promise<void> {
  const { options, context } = start;
  prepareStateDirectory(options.stateDirectory);
  const clock = context.clock ?? systemClock;
  const { unlock, predecessor } =
    start.takesOver === true
      ? await loadTakeOver().claimByTakeOver(options, clock)
      : { unlock: lockSession(options.stateDirectory, options.name), predecessor: null };
  const { offers, warnings } = findInherited(options);
  const held = options.socket.hold && canBindOnly() ? new HeldSockets(offers) : null;
  const takeOver =
    predecessor === null || held === null ? null : createTakeOver({ predecessor, held, clock });
  const { door: notifyDoor, warnings: more } = findNotifyDoor();
  const surroundings = { held, clock, notifyDoor, warnings: [...warnings, ...more] };
  const complete = { ...start, takeOver, context: { ...context, ...surroundings } };
  try {
    if (start.initializeMonitor === undefined) await startServerFirst(complete, unlock);
    else await startMonitorFirst(complete, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

function loadTakeOver(): typeof import('./monitor/take-over-begin.ts') {
  return require('./monitor/take-over-begin') as typeof import('./monitor/take-over-begin.ts');
}

function createTakeOver(parts: TakeOverParts): TakeOver {
  const { TakeOver: Course } =
    require('./monitor/take-over') as typeof import('./monitor/take-over.ts');
  return new Course(parts);
}

/** The sockets that a service manager has opened for the server, if one has. */
function findInherited({ socket, ports }: ResolvedSessionOptions): InheritedSockets {
  if (process.env['LISTEN_PID'] === undefined) return { offers: [], warnings: [] };
  const { takeInheritedSockets } =
    require('./monitor/socket-activation') as typeof import('./monitor/socket-activation.ts');
  const inherited = takeInheritedSockets(process.env, ports);
  if (socket.hold || inherited.offers.length === 0) return inherited;
  const warning = 'the sockets of LISTEN_FDS are not used: socket.hold is false';
  return { offers: [], warnings: [...inherited.warnings, warning] };
}

/** Where the service manager waits for word, if it does. */
function findNotifyDoor(): FoundDoor {
  if (process.env['NOTIFY_SOCKET'] === undefined) return { door: null, warnings: [] };
  const { takeNotifyDoor } =
    require('./monitor/service-manager/notify-door') as typeof import('./monitor/service-manager/notify-door.ts');
  return takeNotifyDoor(process.env);
}

async function startMonitorFirst(start: CompleteStart, unlock: () => void): Promise<void> {
  const monitor = createMonitor(start, unlock, null);
  const given = await start.initializeMonitor?.(monitor);
  monitor.finalize(typeof given === 'string' && given !== '' ? given : createRandomKey());
}

/**
 * The server boots first, for loading the rest of the monitor meanwhile would take the processor from
 * it. Its sockets are lent to it at once; all else that it says, and every signal, waits.
 */
async function startServerFirst(start: CompleteStart, unlock: () => void): Promise<void> {
  const { options, context, takeOver, onMonitor } = start;
  const sessionKey = createRandomKey();
  const signals = holdSignals();
  const { program, clock, held } = context;
  const first = { generation: 1, isSuccessor: takeOver !== null };
  const server = forkServer({ program, options, sessionKey, clock, held, ...first });
  const heldBack = holdBack(server);
  try {
    await Promise.race([heldBack.spoken, signals.first, waitFor(clock, LONGEST_BOOT_MS)]);
    const monitor = createMonitor(start, unlock, heldBack.started);
    onMonitor?.(monitor);
    monitor.finalize(sessionKey);
  } catch (error) {
    void server.handle.signalTree('SIGKILL');
    throw error;
  } finally {
    signals.release();
  }
}

function createMonitor(
  { options, context, takeOver }: CompleteStart,
  unlock: () => void,
  started: StartedServer | null,
): Monitor {
  const creator =
    require('./monitor/create-monitor') as typeof import('./monitor/create-monitor.ts');
  return creator.createMonitor({ options, context, unlock, started, takeOver });
}

interface HeldSignals {
  readonly first: Promise<void>;
  /** Those that came are delivered now. */
  release(): void;
}

const HELD_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A signal would end this process at once as long as nobody listens. */
function holdSignals(): HeldSignals {
  const first = createDeferred();
  const received: NodeJS.Signals[] = [];
  const hold = (signal: NodeJS.Signals): void => {
    received.push(signal);
    first.resolve();
  };
  for (const signal of HELD_SIGNALS) process.on(signal, hold);
  return {
    first: first.promise,
    release: () => {
      for (const signal of HELD_SIGNALS) process.off(signal, hold);
      for (const signal of received) process.emit(signal, signal);
    },
  };
}
