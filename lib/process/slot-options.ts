import type { Clock } from '../util/clock.ts';
import type { ChildEvent } from './child-events.ts';
import type { ChildLife } from './child-life.ts';
import type { SlotSettings } from './slot-settings.ts';

/** Why a process is started: to serve · to take over once it is ready · to wait until it is needed. */
export type StartPurpose = 'current' | 'successor' | 'spare';

export interface SlotOptions {
  readonly clock: Clock;
  /** A number in [0, 1), for the jitter of delays. */
  readonly random: () => number;
  /** Asked at each decision, so that changed settings hold at once. */
  readonly settings: () => SlotSettings;
  /** Starts a process; the slot gets every event of its life through `onChildEvent`. */
  readonly startChild: (generation: number, purpose: StartPurpose) => ChildLife;
  readonly onEvent: (event: ChildEvent) => void;
}
