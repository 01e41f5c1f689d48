import { VigilError } from '../errors.ts';

/** One cell of a state × event table. */
export type Transition<State extends string, Effect extends string> =
  { readonly to: State; readonly effects: readonly Effect[] } | 'ignored' | 'impossible';

/** Every state with every event: the compiler refuses a table with a missing cell. */
export type TransitionTable<State extends string, Event extends string, Effect extends string> = {
  readonly [S in State]: { readonly [E in Event]: Transition<State, Effect> };
};

export interface Step<State extends string, Effect extends string> {
  readonly state: State;
  readonly effects: readonly Effect[];
  readonly changed: boolean;
}

/**
 * Looks up what follows `event` in `state`; pure.
 *
 * @throws ERR_INTERNAL when the table says that this cannot happen
 */
export function nextStep<State extends string, Event extends string, Effect extends string>(
  table: TransitionTable<State, Event, Effect>,
  state: State,
  event: Event,
): Step<State, Effect> {
  const transition = table[state][event];
  if (transition === 'impossible') {
    throw new VigilError('ERR_INTERNAL', `"${event}" cannot happen in state "${state}"`);
  }
  if (transition === 'ignored') return { state, effects: [], changed: false };
  return { state: transition.to, effects: transition.effects, changed: transition.to !== state };
}
