import type { Cause, Phase } from '../supervision/cause.ts';
import type { FailureVerdict } from '../supervision/breaker.ts';

/** One ended process: the facts, and the cause concluded from them. */
export interface Death {
  readonly generation: number;
  readonly pid: number | null;
  readonly code: number | null;
  readonly signal: string | null;
  readonly phase: Phase;
  readonly cause: Cause;
  readonly evidence: readonly string[];
  readonly expected: boolean;
  readonly uptimeMs: number;
}

/** What the supervisor driver tells; session, spawner and fleet publish it under their own names. */
export type ChildEvent =
  | { readonly type: 'child.forked'; readonly generation: number; readonly pid: number | null }
  | { readonly type: 'child.ready'; readonly generation: number; readonly pid: number | null }
  | { readonly type: 'child.standby'; readonly generation: number; readonly pid: number | null }
  | { readonly type: 'child.degraded'; readonly generation: number; readonly pid: number | null }
  | { readonly type: 'child.recovered'; readonly generation: number; readonly pid: number | null }
  | {
      readonly type: 'child.hung';
      readonly generation: number;
      readonly pid: number | null;
      readonly silenceMs: number;
    }
  | { readonly type: 'child.draining'; readonly generation: number; readonly pid: number | null }
  | {
      readonly type: 'child.exited';
      readonly generation: number;
      readonly pid: number | null;
      readonly death: Death;
    }
  | { readonly type: 'child.leftovers'; readonly generation: number; readonly count: number }
  | {
      readonly type: 'slot.restartScheduled';
      readonly generation: number;
      readonly delayMs: number;
      readonly attempt: number;
    }
  | {
      readonly type: 'slot.breakerChanged';
      readonly generation: number;
      readonly state: 'closed' | 'open' | 'halfOpen';
      readonly verdict: FailureVerdict | null;
    }
  | { readonly type: 'slot.spareReady'; readonly generation: number; readonly pid: number | null }
  | {
      readonly type: 'slot.sparePromoted';
      readonly generation: number;
      readonly pid: number | null;
    }
  | { readonly type: 'slot.reloadStarted'; readonly generation: number }
  | { readonly type: 'slot.reloadSucceeded'; readonly generation: number }
  | {
      readonly type: 'slot.reloadRolledBack';
      readonly generation: number;
      readonly reason: string;
    };

/** The events of one process that say nothing but that they happened. */
export type PlainChildEvent =
  | 'child.forked'
  | 'child.ready'
  | 'child.standby'
  | 'child.degraded'
  | 'child.recovered'
  | 'child.draining';
