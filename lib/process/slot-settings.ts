import type { BackoffOptions } from '../supervision/backoff.ts';
import type { BreakerOptions } from '../supervision/breaker.ts';
import type { RestartPolicy } from '../supervision/restart-policy.ts';
import type { Death } from './child-events.ts';

/** The part of the configuration that decides over starts; asked at each decision. */
export interface SlotSettings {
  readonly policy: RestartPolicy;
  readonly stopOn: readonly number[];
  readonly backoff: BackoffOptions;
  /** Keep a spare process that takes over at once. */
  readonly standby: boolean;
  readonly breaker: BreakerOptions & { readonly onOpen: 'retry' | 'exit' };
}

export type ReloadVerdict =
  | { readonly outcome: 'succeeded' }
  | { readonly outcome: 'rolledBack'; readonly reason: string }
  | { readonly outcome: 'refused'; readonly reason: 'inProgress' | 'notRunning' };

/** How a slot came to its end. */
export interface SlotEnd {
  readonly why: 'asked' | 'policy' | 'gaveUp';
  readonly lastDeath: Death | null;
}
