import type { Clock } from '../../util/clock.ts';
import { TIED_NAME } from './fleet-environment.ts';

const LOOK_EVERY_MS = 1000;

/**
 * Calls back once the master is gone that this server was to end with; never when it was not.
 *
 * A master that was killed says nothing: the system has given the server another parent by then.
 */
export function watchParent(clock: Clock, onGone: () => void): void {
  const parent = Number(process.env[TIED_NAME]);
  if (!Number.isInteger(parent) || parent <= 0) return;
  const look = (): void => {
    if (process.ppid === parent) clock.setTimer(LOOK_EVERY_MS, look).unref();
    else onGone();
  };
  look();
}
