import { canBindOnly } from '../process/listener/bind-socket.ts';
import { HeldSockets } from '../process/listener/held-sockets.ts';
import type { Clock } from '../util/clock.ts';
import { systemClock } from '../util/clock.ts';
import { createRandomKey } from '../util/random-key.ts';
import type { Monitor } from './monitor/monitor.ts';
import type { MonitorContext } from './monitor/monitor-context.ts';
import { forkServer, type StartedServer } from './monitor/server-fork.ts';
import { lockSession } from './monitor/session-lock.ts';
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
  const complete = { ...start, takeOver, context: { ...context, held, clock, warnings } };
  try {
    if (start.initializeMonitor === undefined) startServerFirst(complete, unlock);
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

async function startMonitorFirst(start: CompleteStart, unlock: () => void): Promise<void> {
  const monitor = createMonitor(start, unlock, null);
  const given = await start.initializeMonitor?.(monitor);
  monitor.finalize(typeof given === 'string' && given !== '' ? given : createRandomKey());
}

/** The server boots while the rest of the monitor is loaded; all of it in one turn, so nothing of the server is missed. */
function startServerFirst(start: CompleteStart, unlock: () => void): void {
  const { options, context, takeOver, onMonitor } = start;
  const sessionKey = createRandomKey();
  const releaseSignals = holdSignals();
  const { program, clock, held } = context;
  const first = { generation: 1, isSuccessor: takeOver !== null };
  const started = forkServer({ program, options, sessionKey, clock, held, ...first });
  try {
    const monitor = createMonitor(start, unlock, started);
    onMonitor?.(monitor);
    monitor.finalize(sessionKey);
  } catch (error) {
    void started.handle.signalTree('SIGKILL');
    throw error;
  } finally {
    releaseSignals();
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

/** A signal would end this process at once as long as nobody listens; held, it comes after this turn. */
function holdSignals(): () => void {
  const hold = (): void => undefined;
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, hold);
  return () => {
    for (const signal of signals) process.off(signal, hold);
  };
}
