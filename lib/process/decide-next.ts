import type { FailureVerdict } from '../supervision/breaker.ts';
import type { Cause } from '../supervision/cause.ts';
import { decideRestart, resolveEnding } from '../supervision/restart-policy.ts';
import {
  type SlotEffect,
  type SlotEvent,
  type SlotState,
  slotTable,
} from '../supervision/slot-machine.ts';
import type { SlotEnd, SlotSettings } from './slot-settings.ts';

/** What the decision looks at of a death. */
export interface DecidedDeath {
  readonly expected: boolean;
  readonly code: number | null;
  readonly cause: Cause;
}

export interface NextSources {
  readonly settings: SlotSettings;
  /** Counts the death, or only says what the counting would come to. */
  readonly judgeFailure: () => FailureVerdict;
  /** A spare is there, and may take the place of the dead. */
  readonly canPromote: boolean;
}

export interface NextDecision {
  /** What the death is in the table of the slot. */
  readonly event: SlotEvent;
  /** Null when the death does not count as a failure. */
  readonly verdict: FailureVerdict | null;
  /** Why nothing is started again; null when something is. */
  readonly why: Exclude<SlotEnd['why'], 'asked'> | null;
}

/** Decides what the death of the process that serves leads to. */
export function decideNext(death: DecidedDeath, sources: NextSources): NextDecision {
  const { settings, judgeFailure, canPromote } = sources;
  if (death.expected) return { event: 'diedToRestartNow', verdict: null, why: null };
  if (decideRestart(settings.policy, resolveEnding(death, settings.stopOn)) === 'end') {
    return { event: 'diedForGood', verdict: null, why: 'policy' };
  }
  const verdict = judgeFailure();
  if (verdict.kind === 'open') {
    const gaveUp = settings.breaker.onOpen === 'exit';
    return gaveUp
      ? { event: 'diedForGood', verdict, why: 'gaveUp' }
      : { event: 'diedAndBroke', verdict, why: null };
  }
  if (canPromote) return { event: 'diedToPromote', verdict, why: null };
  const event = verdict.delayMs === 0 ? 'diedToRestartNow' : 'diedToRestartLater';
  return { event, verdict, why: null };
}

/** What would follow, were the process that serves to die now. */
export interface Foresight extends NextDecision {
  /** Empty when its death would change nothing, or cannot happen. */
  readonly effects: readonly SlotEffect[];
}

export function foreseeEffects(state: SlotState, decision: NextDecision): Foresight {
  const row: Partial<Record<SlotEvent, { readonly effects: readonly SlotEffect[] } | string>> =
    slotTable[state];
  const transition = row[decision.event];
  return { ...decision, effects: typeof transition === 'object' ? transition.effects : [] };
}
