import { isRunning, listMarked } from '../../../process/process-tree.ts';
import { readBoot } from '../../../util/record-file.ts';
import { MARKER_NAME, readMarker } from '../../plan/fleet-environment.ts';
import type { Intent, Lease } from './lease-folder.ts';

export interface FoundProcess {
  readonly pid: number;
  readonly startTime: string;
  /** Names it among all processes of the server. */
  readonly run: string;
}

/** Whether the process of a lease is there, and the same one. */
export function isLeaseAlive({ state, boot, pid, startTime }: Lease): boolean {
  return state === 'running' && boot === readBoot() && isRunning(pid, startTime);
}

/** Whether the agent that is about to start a process still may. */
export function isStartUnderWay({ boot, pid, startTime }: Intent): boolean {
  return boot === readBoot() && isRunning(pid, startTime);
}

/** The process of a server, whatever was written down of it. What it started itself does not count. */
export function findMarked(fleet: string, id: string): FoundProcess | null {
  for (const { pid, startTime, isLeader, value } of listMarked(MARKER_NAME)) {
    const marked = readMarker(fleet, value);
    // Servers are started as the leaders of groups of their own.
    if (!isLeader || startTime === null || marked?.id !== id) continue;
    return { pid, startTime, run: marked.run };
  }
  return null;
}
