import { VigilError } from '../../errors.ts';
import type { ReloadVerdict } from '../../process/slot-settings.ts';
import type { OperatedSession } from './operated-session.ts';

/** Options of polling that may be changed, in the units of the config file. */
export interface PollingPatch {
  readonly route?: string;
  readonly intervalSeconds?: number;
  readonly timeoutSeconds?: number;
  readonly failureTolerance?: number;
}

/**
 * Replaces the server process and waits for what comes of it.
 *
 * @throws ERR_SESSION_ENDED when the session ends meanwhile
 */
export function restartServer(
  engine: OperatedSession,
  force: boolean,
): Promise<{ readonly generation: number }> {
  const before = engine.supervisor.slot.generation;
  const outcome = waitForReady(engine, before);
  engine.supervisor.slot.restart(force);
  return outcome;
}

/** Changes polling options; with `immediate` the present server process polls by them from now on. */
export function setPolling(
  engine: OperatedSession,
  patch: PollingPatch,
  immediate: boolean,
): string {
  for (const [key, value] of Object.entries(patch)) engine.set(`polling.${key}`, value, immediate);
  return `polling: ${Object.entries(patch)
    .map(([key, value]) => `${key} is now ${String(value)}`)
    .join(', ')}`;
}

/** Changes a port; with `immediate` the server is restarted to use it. */
export async function setPort(
  engine: OperatedSession,
  change: { readonly name: string; readonly port: number },
  immediate: boolean,
): Promise<string> {
  engine.set(`ports.${change.name}`, change.port);
  if (immediate) await restartServer(engine, false);
  return `ports.${change.name} is now ${String(change.port)}${immediate ? '' : ' from the next start'}`;
}

export function describeVerdict(verdict: ReloadVerdict): string {
  switch (verdict.outcome) {
    case 'succeeded':
      return 'reload succeeded';
    case 'rolledBack':
      throw new VigilError('ERR_RELOAD_FAILED', `rolled back: ${verdict.reason}`);
    case 'refused':
      throw createRefusal(verdict.reason);
  }
}

export function createRefusal(reason: 'inProgress' | 'notRunning'): VigilError {
  return reason === 'inProgress'
    ? new VigilError(
        'ERR_RELOAD_IN_PROGRESS',
        'a reload is already in progress: wait for its verdict',
      )
    : new VigilError(
        'ERR_RELOAD_REFUSED',
        'no server process is ready to be replaced: see vigil status',
      );
}

function waitForReady(
  engine: OperatedSession,
  before: number,
): Promise<{ readonly generation: number }> {
  return new Promise((resolve, reject) => {
    const unsubscribe = engine.journal.stream.subscribe((event) => {
      if (event.type === 'session.ended' || engine.supervisor.slot.state === 'stopping') {
        unsubscribe();
        reject(
          new VigilError('ERR_SESSION_ENDED', 'the session ends: the server is not started again'),
        );
      } else if (event.type === 'worker.ready' && event.generation > before) {
        unsubscribe();
        resolve({ generation: event.generation });
      } else if (event.type === 'worker.exited' && event.generation > before) {
        unsubscribe();
        reject(
          new VigilError(
            'ERR_CHILD_DIED',
            `the new server process ended before it was ready: ${event.cause}`,
          ),
        );
      }
    });
  });
}
