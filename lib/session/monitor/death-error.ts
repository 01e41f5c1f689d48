import { VigilError } from '../../errors.ts';
import { type ErrorLike, fromErrorLike } from '../../ipc/error-like.ts';
import type { Death } from '../../process/child-events.ts';
import type { CrashDetected } from '../contract.ts';

/** The error a death is told with: the one it died of, else one that says how it ended. */
export function createDeathError(death: Death, reported: CrashDetected | null): Error {
  const error = findDeathError(death, reported);
  if (error !== null) return fromErrorLike(error);
  const evidence = death.evidence.join(', ');
  return new VigilError('ERR_CHILD_DIED', `the server ended: ${death.cause}: ${evidence}`);
}

/** The reported error, if the process can have died of it: one that it handled is only told with a crash. */
export function findDeathError(death: Death, reported: CrashDetected | null): ErrorLike | null {
  if (reported === null) return null;
  const isCrash = death.cause === 'crash' || death.cause === 'rejection';
  return reported.handled && !isCrash ? null : reported.error;
}
