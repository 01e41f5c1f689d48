import { isRunning, readStartTime } from '../../process/process-tree.ts';
import { hashShortly } from '../../util/short-hash.ts';

/**
 * What stands in the environment of a server and all it starts: which session, which run of it, which
 * generation. A pid comes again; together with its start time and a random part it does not.
 */
export function createSessionMark(stateDirectory: string): string {
  const random = Math.random().toString(36).slice(2);
  const pid = String(process.pid);
  return [nameSession(stateDirectory), pid, readStartTime(process.pid) ?? '', random].join('.');
}

/** Whether a process with this mark belongs to an earlier run of the session, whose monitor is gone. */
export function isLeftBehind(mark: string, stateDirectory: string): boolean {
  const [session, pid, startTime = ''] = mark.split('.');
  const isOfSession = session === nameSession(stateDirectory);
  return isOfSession && !isRunning(Number(pid), startTime === '' ? null : startTime);
}

/** The state directory is what makes a session one; its path may be long and is nobody's business. */
function nameSession(stateDirectory: string): string {
  return hashShortly(stateDirectory);
}
