import type { ToleranceOptions } from '../probe/failure-tally.ts';
import type { ChildTiming } from '../process/child-ports.ts';
import type { SlotSettings } from '../process/slot-settings.ts';
import type { ResolvedSessionOptions } from './options.ts';

/** What the options of a session mean to those who supervise one process, and who keep one wanted. */

/** Between SIGTERM and SIGKILL of what does not end by itself. */
const KILL_MS = 2000;
/** What the server may take at the least before it has said how long its ending takes. */
const ANSWER_MS = 5000;

export function resolveChildTiming(options: ResolvedSessionOptions): ChildTiming {
  const { startup, heartbeat, shutdown } = options;
  return {
    startupMs: startup.deadlineMs,
    silenceMs: heartbeat.silenceMs,
    stopMs: Math.max(shutdown.drainMs, ANSWER_MS),
    killMs: KILL_MS,
  };
}

/** @param isHeld - without the socket in its hands the monitor could not keep a spare from serving */
export function resolveSlotSettings(
  { restart, standby }: ResolvedSessionOptions,
  isHeld: boolean,
): SlotSettings {
  return { ...restart, standby: standby && isHeld };
}

export function resolveTolerance({ polling }: ResolvedSessionOptions): ToleranceOptions {
  return polling === false ? { failureTolerance: 0, window: null } : polling;
}
