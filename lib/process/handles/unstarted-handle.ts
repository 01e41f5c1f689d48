import type { ChildHandle } from '../child-handle.ts';

/** In place of a process that could not even be asked for: its life is over at once, and tells why. */
export function createUnstartedHandle(reason: Error): ChildHandle {
  return {
    identity: { pid: null, startTime: null, host: null },
    fate: 'diesWithSupervisor',
    channel: null,
    stdout: null,
    stderr: null,
    exit: Promise.resolve({ code: null, signal: null, spawnError: reason }),
    signalTree: () => Promise.resolve(0),
  };
}
