import type { Clock } from '../util/clock.ts';
import type { ChildEvent } from './child-events.ts';
import type { ChildLife } from './child-life.ts';
import type { SlotSettings } from './slot-settings.ts';

export interface SlotOptions {
  readonly clock: Clock;
  /** A number in [0, 1), for the jitter of delays. */
  readonly random: () => number;
  /** Asked at each decision, so that changed settings hold at once. */
  readonly settings: () => SlotSettings;
  /** Starts a process; the slot gets every event of its life through `onChildEvent`. */
  readonly startChild: (generation: number, purpose: 'current' | 'successor') => ChildLife;
  readonly onEvent: (event: ChildEvent) => void;
}
