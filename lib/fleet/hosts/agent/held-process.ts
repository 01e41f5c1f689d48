import { readFileSync } from 'node:fs';
import { isRunning, listByVariable, readStartTime } from '../../../process/process-tree.ts';
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
  for (const { pid } of listByVariable(MARKER_NAME, (value) => value === marker)) {
    const startTime = readStartTime(pid);
    if (startTime !== null && leadsGroup(pid)) return { pid, startTime };
  }
  return null;
}

/** Servers are started as the leaders of groups of their own. */
function leadsGroup(pid: number): boolean {
  try {
    const text = readFileSync(`/proc/${String(pid)}/stat`, 'latin1');
    return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[2]) === pid;
  } catch {
    return false;
  }
}
