import type { Heartbeat, PollResult } from './contract.ts';

/** Something that shows how one server process is: a heartbeat, or the outcome of a poll. */
export type VitalSign = { readonly generation: number } & (
  | { readonly kind: 'beat'; readonly beat: Heartbeat }
  | { readonly kind: 'poll'; readonly poll: PollResult }
);
