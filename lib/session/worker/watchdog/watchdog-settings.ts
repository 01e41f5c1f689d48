import type { LookPlan } from '../../../probe/stuck-loop.ts';

/** What the watchdog thread is told at its start. */
export interface WatchdogSettings {
  readonly monitorPid: number;
  /** `NAME=value` in the environment of the server and all it has started; null when it is not known. */
  readonly marker: string | null;
  /** Three 32-bit integers, see {@link BEATS} and those after it. */
  readonly shared: SharedArrayBuffer;
  readonly plan: LookPlan;
  /** Where the thread writes what it finds while the loop is stuck. */
  readonly hangNoteFile: string;
}

/** Index of the number that the loop counts up while it turns. */
export const BEATS = 0;
/** Index of the monotonic second until which a stuck loop is what the server has announced. */
export const QUIET_UNTIL = 1;
/** Index of the milliseconds by which a beat came late at the most since the thread has set it to zero. */
export const LONGEST_LAG = 2;
export const SHARED_BYTES = 12;
