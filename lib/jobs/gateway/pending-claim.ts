import type { TokenParts } from './session-token.ts';

/** What is known where a session was asked for. */
export type Answer =
  /** `also`: mailboxes where more of it may be. */
  | { readonly kind: 'found' | 'elsewhere'; readonly also: readonly string[] }
  | { readonly kind: 'unknown' };

/** A session that is looked for. */
export interface PendingClaim {
  readonly session: TokenParts;
  readonly resolve: (answer: Answer) => void;
}
