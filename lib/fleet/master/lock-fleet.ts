import { VigilError } from '../../errors.ts';
import { lockSession, readLockHolder } from '../../session/monitor/session-lock.ts';

/**
 * Makes this process the only master of a fleet.
 *
 * @returns what gives the lock up
 * @throws ERR_FLEET_RUNNING naming the pid of the one there is
 */
export function lockFleet(stateDirectory: string, env: string): () => void {
  try {
    return lockSession(stateDirectory, `fleet-${env}`);
  } catch (cause) {
    if (!(cause instanceof VigilError) || cause.code !== 'ERR_SESSION_RUNNING') throw cause;
    throw createRunningError(readLockHolder(stateDirectory)?.pid ?? null, env, cause);
  }
}

export function createRunningError(pid: number | null, env: string, cause?: unknown): VigilError {
  const text = `the fleet "${env}" of this directory is already run by the master with pid ${String(pid ?? 'unknown')}: stop it first (vigil fleet stop)`;
  return new VigilError('ERR_FLEET_RUNNING', text, { cause });
}
