import { randomUUID } from 'node:crypto';
import type { Clock } from '../util/clock.ts';
import { systemClock } from '../util/clock.ts';
import { Monitor } from './monitor/monitor.ts';
import type { MonitorContext } from './monitor/monitor-context.ts';
import { SessionEngine } from './monitor/session-engine.ts';
import { lockSession } from './monitor/session-lock.ts';
import { prepareStateDirectory } from './monitor/state-directory.ts';
import type { ResolvedSessionOptions } from './options.ts';

export interface SessionStart {
  readonly options: ResolvedSessionOptions;
  readonly context: Omit<MonitorContext, 'clock'> & { readonly clock?: Clock };
  /** Runs before the server is started; may give the session key. */
  readonly initializeMonitor?: (monitor: Monitor) => unknown;
}

/**
 * Makes the monitor of a session and starts the server.
 *
 * @throws ERR_STATE_DIRECTORY, ERR_SESSION_RUNNING
 */
export async function startSession(start: SessionStart): Promise<Monitor> {
  const { options, context, initializeMonitor } = start;
  prepareStateDirectory(options.stateDirectory);
  const unlock = lockSession(options.stateDirectory, options.name);
  try {
    const engine = new SessionEngine(
      options,
      { ...context, clock: context.clock ?? systemClock },
      unlock,
    );
    const monitor = new Monitor(engine);
    const given = initializeMonitor === undefined ? undefined : await initializeMonitor(monitor);
    monitor.finalize(typeof given === 'string' && given !== '' ? given : randomUUID());
    return monitor;
  } catch (error) {
    unlock();
    throw error;
  }
}
