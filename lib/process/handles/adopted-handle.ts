import type { Clock } from '../../util/clock.ts';
import { createDeferred } from '../../util/deferred.ts';
import type { ChildHandle, ExitFact } from '../child-handle.ts';
import { isRunning, signalTree, type TreeRoot } from '../process-tree.ts';

export interface AdoptedHandleOptions {
  readonly clock: Clock;
  readonly pid: number;
  /** As it was recorded when the process was started; null where that cannot be told. */
  readonly startTime: string | null;
  /** `NAME=value` in the environment of the process and of all it started. */
  readonly marker: string;
  /** How long its end may go unnoticed, milliseconds; default 200. */
  readonly lookEveryMs?: number;
}

const LOOK_EVERY_MS = 200;
const UNKNOWN_END: ExitFact = { code: null, signal: null, spawnError: null };

/**
 * The handle of a process that an earlier supervisor started. Nobody tells of its end, so it is looked at;
 * how it ended cannot be known. A stranger that has got its pid meanwhile is never touched.
 */
export function adoptProcess(options: AdoptedHandleOptions): ChildHandle {
  const { clock, pid, startTime, marker, lookEveryMs = LOOK_EVERY_MS } = options;
  const exit = createDeferred<ExitFact>();
  const root: TreeRoot = { pid, group: pid, marker, startTime };
  let gone = false;
  const isThere = (): boolean => {
    // Without its start time nothing tells it from another one with that pid.
    gone ||= startTime === null || !isRunning(pid, startTime);
    return !gone;
  };
  const look = (): void => {
    if (isThere()) clock.setTimer(lookEveryMs, look);
    else exit.resolve(UNKNOWN_END);
  };
  look();
  return {
    identity: { pid, startTime, host: null },
    fate: 'survivesSupervisor',
    channel: null,
    stdout: null,
    stderr: null,
    exit: exit.promise,
    // It may have died unseen, and long ago: then neither its pid nor its group says whose it was.
    signalTree: (signal) =>
      Promise.resolve(signalTree(isThere() ? root : { ...root, pid: null, group: null }, signal)),
  };
}
