import { VigilError } from '../../errors.ts';
import { fromErrorLike } from '../../ipc/error-like.ts';
import type { Death } from '../../process/child-events.ts';
import type { CrashDetected } from '../contract.ts';

/** The error a death is told with: the one the process reported, else one that says how it ended. */
export function createDeathError(death: Death, reported: CrashDetected | null): Error {
  if (reported !== null) return fromErrorLike(reported.error);
  const evidence = death.evidence.join(', ');
  return new VigilError('ERR_CHILD_DIED', `the server ended: ${death.cause}: ${evidence}`);
}
