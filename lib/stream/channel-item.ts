import type { LwesEvent } from '../lwes/lwes-event.ts';

/** An event as it has come over a channel. */
export interface ChannelItem {
  readonly event: LwesEvent;
  /** The first one that came has 1. */
  readonly number: number;
}
