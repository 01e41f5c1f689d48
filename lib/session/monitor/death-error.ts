import { VigilError, type VigilErrorCode } from '../../errors.ts';
import { type ErrorLike, fromErrorLike } from '../../ipc/error-like.ts';
import type { Death } from '../../process/child-events.ts';
import type { Cause } from '../../supervision/cause.ts';
import type { CrashDetected } from '../contract.ts';

const CODES: Partial<Record<Cause, VigilErrorCode>> = {
  hang: 'ERR_CHILD_HUNG',
  health: 'ERR_CHILD_UNHEALTHY',
  'start-timeout': 'ERR_CHILD_START_TIMEOUT',
  'start-failed': 'ERR_CHILD_SPAWN',
};

/** The error a death is told with: the one it died of, else one that says how it ended. */
export function createDeathError(death: Death, reported: CrashDetected | null): Error {
  const error = findDeathError(death, reported);
  if (error !== null) return fromErrorLike(error);
  const evidence = death.evidence.join(', ');
  const code = CODES[death.cause] ?? 'ERR_CHILD_DIED';
  return new VigilError(code, `the server ended: ${death.cause}: ${evidence}`);
}

/** The reported error, if the process can have died of it: one that it handled is only told with a crash. */
export function findDeathError(death: Death, reported: CrashDetected | null): ErrorLike | null {
  if (reported === null) return null;
  const isCrash = death.cause === 'crash' || death.cause === 'rejection';
  return reported.handled && !isCrash ? null : reported.error;
}
