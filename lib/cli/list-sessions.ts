import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { EVENT_LOG_NAME } from '../session/monitor/event-log.ts';
import { readLockHolder } from '../session/monitor/session-lock.ts';

/** The folder in which sessions keep their files, unless they are told otherwise. */
export const SESSIONS_FOLDER = '.vigil';

/** The names of the sessions that were run in a directory, in order. */
export function listSessions(cwd: string): string[] {
  try {
    return readdirSync(join(cwd, SESSIONS_FOLDER))
      .filter((name) => hasSession(join(cwd, SESSIONS_FOLDER, name)))
      .sort();
  } catch {
    return [];
  }
}

/** Whether a session was ever run with this state directory. */
export function hasSession(stateDirectory: string): boolean {
  return (
    existsSync(join(stateDirectory, EVENT_LOG_NAME)) || readLockHolder(stateDirectory) !== null
  );
}
