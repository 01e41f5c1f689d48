import { isRunning, listMarked } from '../../../process/process-tree.ts';
import { readBoot } from '../../../util/record-file.ts';
import { MARKER_NAME } from '../../plan/fleet-environment.ts';
import type { Intent, Lease } from './lease-folder.ts';

export interface FoundProcess {
  readonly pid: number;
  readonly startTime: string;
}

/** Whether the process of a lease is there, and the same one. */
export function isLeaseAlive({ state, boot, pid, startTime }: Lease): boolean {
  return state === 'running' && boot === readBoot() && isRunning(pid, startTime);
}

/** Whether the agent that is about to start a process still may. */
export function isStartUnderWay({ boot, pid, startTime }: Intent): boolean {
  return boot === readBoot() && isRunning(pid, startTime);
}

/** The process that was started under a marker, whatever was written down of it. What it started itself does not count. */
export function findMarked(marker: string): FoundProcess | null {
  // Servers are started as the leaders of groups of their own.
  const found = listMarked(MARKER_NAME).find(({ isLeader, value }) => isLeader && value === marker);
  const startTime = found?.startTime ?? null;
  return found === undefined || startTime === null ? null : { pid: found.pid, startTime };
}
