/** When a thread beside an event loop looks at it, and what it does once the loop is stuck for so long. */
export interface LookPlan {
  readonly lookEveryMs: number;
  /** Stuck for so long, the loop is no longer merely busy. */
  readonly stuckMs: number;
  /** Stuck for so long, its stack is taken. */
  readonly stackMs: number;
  /** From one taking of the stack to the next. */
  readonly againMs: number;
  /** How long one taking of the stack may last. */
  readonly attemptMs: number;
}

/** What is known of a loop after a look at it. */
export interface LoopState {
  readonly at: number;
  readonly beats: number;
  /** How long it has not turned, as far as the looking thread itself was running. */
  readonly stuckMs: number;
}

export interface LoopLook {
  readonly at: number;
  readonly beats: number;
  /** By how much the look came later than planned. */
  readonly lateByMs: number;
}

const LOOK_EVERY_MS = 200;
const STUCK_MS = 500;
const STACK_MS = 5000;
/** A busy machine makes a thread late by less; by more it was not running at all. */
const ASLEEP_MS = 500;

/**
 * Plans the looks so that the stack is taken, and taken again, before the monitor's patience ends.
 *
 * The monitor counts from the last heartbeat, which may be as old as one interval when the loop gets stuck.
 */
export function planLooks(heartbeatMs: number, silenceMs: number): LookPlan {
  const leastMs = Math.max(silenceMs - heartbeatMs, 1);
  const stackMs = Math.min(leastMs / 2, STACK_MS);
  const againMs = stackMs / 4;
  return {
    lookEveryMs: Math.max(Math.min(leastMs / 10, LOOK_EVERY_MS), 10),
    stuckMs: Math.min(STUCK_MS, stackMs),
    stackMs,
    againMs,
    attemptMs: Math.max(againMs, 100),
  };
}

/**
 * Concludes from a look for how long the loop has been stuck.
 *
 * A look that comes far too late says that the whole process, or the machine, stood still: that time is
 * nobody's fault and does not count.
 */
export function followLoop(before: LoopState, look: LoopLook): LoopState {
  const { at, beats, lateByMs } = look;
  if (beats !== before.beats) return { at, beats, stuckMs: 0 };
  const asleepMs = lateByMs > ASLEEP_MS ? lateByMs : 0;
  return { at, beats, stuckMs: before.stuckMs + Math.max(at - before.at - asleepMs, 0) };
}
