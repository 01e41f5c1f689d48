import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { removeStaleRings } from './flight-ring.ts';

const NOTE = /^(?:crash|hang)-note\.(\d+)\.\d+\.json(?:\.tmp)?$/;

/** The name under which a server process may leave its last error; two monitors may share the directory for a while. */
export function nameCrashNote(monitorPid: number, generation: number): string {
  return `crash-note.${String(monitorPid)}.${String(generation)}.json`;
}

/** The name under which the watchdog thread of a server process says why its loop is stuck. */
export function nameHangNote(monitorPid: number, generation: number): string {
  return `hang-note.${String(monitorPid)}.${String(generation)}.json`;
}

/** Removes what servers have left whose monitor was killed before it could read it. */
export function removeStaleFiles(
  stateDirectory: string,
  isMonitor: (pid: number) => boolean,
): void {
  removeStaleRings(stateDirectory, isMonitor);
  for (const name of readdirSync(stateDirectory)) {
    const pid = NOTE.exec(name)?.[1];
    if (pid !== undefined && !isMonitor(Number(pid)))
      rmSync(join(stateDirectory, name), { force: true });
  }
}
