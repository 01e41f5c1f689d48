import type { Cause } from '../../supervision/cause.ts';
import type { SlotState } from '../../supervision/slot-machine.ts';
import type { Misfortune } from './parse-script.ts';

/** What was decided over a death, and over a trial that succeeds. */
export type SimulatedDecision = 'restart' | 'promote' | 'breakerOpens' | 'breakerCloses' | 'end';

/** One thing that happens in a simulation. */
export interface SimulationStep {
  /** Since the beginning, virtual time. */
  readonly atMs: number;
  /** A word of the script · the server is ready · a trial start while the breaker is open · the session ends. */
  readonly event: Misfortune['kind'] | 'ready' | 'trial' | 'end';
  /** Of a death. */
  readonly cause: Cause | null;
  /** Of the exit, when it was one. */
  readonly code: number | null;
  /** The failure score after it. */
  readonly score: number;
  readonly state: SlotState;
  readonly breaker: 'closed' | 'open' | 'halfOpen';
  readonly decision: SimulatedDecision | null;
  /** Until the next start, without jitter; null when none is scheduled. */
  readonly delayMs: number | null;
  /** Within which bounds the jitter would leave it. */
  readonly delayRangeMs: readonly [least: number, most: number] | null;
  /** Restarts since the last stable run, before this one. */
  readonly attempt: number | null;
  /** How long it took the monitor to see it. */
  readonly noticedAfterMs: number;
  /** Of the session, when it ends. */
  readonly exitCode: number | null;
}
