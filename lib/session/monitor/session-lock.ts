import { readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { VigilError } from '../../errors.ts';
import { isRunning, readStartTime } from '../../process/process-tree.ts';

export interface LockHolder {
  readonly pid: number;
  readonly startTime: string | null;
}

/** Who holds the lock opens its control socket while its server boots; on a busy machine that takes a while. */
export const CONTROL_WAIT = { longestMs: 10_000, lookAgainMs: 50 } as const;

/**
 * Makes this process the only monitor of a session.
 *
 * The lock is a symbolic link whose target names the holder: made in one step, never half written,
 * also when the disk is full.
 *
 * @returns what gives the lock up
 * @throws ERR_SESSION_RUNNING when another monitor holds it
 */
export function lockSession(stateDirectory: string, name: string): () => void {
  const path = join(stateDirectory, 'lock');
  const own = targetOf(identifyHolder(process.pid));
  for (let attempt = 0; ; attempt += 1) {
    if (tryLink(own, path)) break;
    const holder = readLockHolder(stateDirectory);
    if (attempt > 10 || (holder !== null && isAlive(holder))) throw runningError(name, holder);
    removeStale(path);
  }
  return createUnlock(stateDirectory);
}

/** What gives the lock up, if this process holds it by then. */
export function createUnlock(stateDirectory: string): () => void {
  const path = join(stateDirectory, 'lock');
  const own = targetOf(identifyHolder(process.pid));
  return () => {
    if (readTarget(path) === own) rmSync(path, { force: true });
  };
}

/** Gives the lock that this process holds to another one, in one step: nobody finds it free in between. */
export function handLockTo(stateDirectory: string, holder: LockHolder): void {
  const path = join(stateDirectory, 'lock');
  const aside = `${path}.for-${String(holder.pid)}`;
  rmSync(aside, { force: true });
  tryLink(targetOf(holder), aside);
  renameSync(aside, path);
}

/** Names a process that runs, so that another one with the same pid is not taken for it later. */
export function identifyHolder(pid: number): LockHolder {
  return { pid, startTime: readStartTime(pid) };
}

/** Who holds the lock of a session; null when nobody does. The holder may be dead. */
export function readLockHolder(stateDirectory: string): LockHolder | null {
  const [pid, startTime] = readTarget(join(stateDirectory, 'lock'))?.split('-') ?? [];
  const number = Number(pid);
  if (!Number.isInteger(number) || number <= 0) return null;
  return { pid: number, startTime: startTime === undefined || startTime === '' ? null : startTime };
}

export function isAlive(holder: LockHolder): boolean {
  return holder.pid !== process.pid && isRunning(holder.pid, holder.startTime);
}

function targetOf({ pid, startTime }: LockHolder): string {
  return `${String(pid)}-${startTime ?? ''}`;
}

function tryLink(target: string, path: string): boolean {
  try {
    symlinkSync(target, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw new VigilError('ERR_STATE_DIRECTORY', `the session lock ${path} cannot be made`, {
      cause: error,
    });
  }
}

/** Two monitors may find the same dead holder: only the one whose rename takes the stale lock removes it. */
function removeStale(path: string): void {
  const aside = `${path}.stale-${String(process.pid)}`;
  const seen = readTarget(path);
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  const taken = readTarget(aside);
  if (taken !== seen && taken !== null) tryLink(taken, path);
  rmSync(aside, { force: true });
}

function readTarget(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

function runningError(name: string, holder: LockHolder | null): VigilError {
  const pid = holder === null ? 'unknown' : String(holder.pid);
  return new VigilError(
    'ERR_SESSION_RUNNING',
    `the session "${name}" is already run by the monitor with pid ${pid}: stop it first (vigil stop), or give this one another --name`,
  );
}
