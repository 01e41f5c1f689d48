import { readFileSync } from 'node:fs';
import { describeProcess, type NamedProcess } from './process-tree.ts';

/** What the kernel says of a process at this moment. */
export interface RunState {
  /** One letter, as in `ps`: R runs · S and D wait · T is stopped · t is held by another process. */
  readonly letter: string;
  /** The process that holds it, such as a native debugger. */
  readonly tracer: number | null;
}

/** What a process is doing; null where it cannot be told. Linux only. @lazy */
export function readRunState(pid: number): RunState | null {
  try {
    const status = readFileSync(`/proc/${String(pid)}/status`, 'latin1');
    const letter = /^State:\s+(\w)/m.exec(status)?.[1];
    const tracer = Number(/^TracerPid:\s+(\d+)$/m.exec(status)?.[1] ?? 0);
    return letter === undefined ? null : { letter, tracer: tracer === 0 ? null : tracer };
  } catch {
    return null;
  }
}

/** The processes that the main thread of a process has started and that still run; empty where it cannot be told. @lazy */
export function readChildren(pid: number): NamedProcess[] {
  try {
    const text = readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'latin1');
    const pids = text.trim().split(' ').map(Number);
    return pids.filter((child) => child > 0).map((child) => describeProcess(child));
  } catch {
    return [];
  }
}
