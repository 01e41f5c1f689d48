/** Hands messages to the server that takes them. Neither method rejects or blocks for longer than its deadline. */
export interface Carrier<M> {
  /**
   * Sends messages one after the other and tells the outcome of each as soon as it is known.
   * After an `unreachable` or a `gone` the rest is not tried and has no outcome.
   */
  send(messages: readonly M[], onOutcome: OutcomeListener): Promise<void>;
  /** Breaks off what is under way. */
  close(): Promise<void>;
}

export type OutcomeListener = (id: string, outcome: Outcome) => void;

/**
 * How sending a message ended: `accepted` by the server, of a mail at least for some recipients · `refused` for good,
 * trying again is of little use · `deferred`, this one later · `unreachable`, none can be sent at the moment · `gone`,
 * the receiver wants none of them ever again. `message` holds the server's own words.
 */
export type Outcome =
  | {
      readonly kind: 'accepted';
      readonly response: string;
      readonly refused: readonly RefusedRecipient[];
    }
  | { readonly kind: 'refused' | 'deferred' | 'unreachable' | 'gone'; readonly message: string };

export interface RefusedRecipient {
  readonly recipient: string;
  readonly message: string;
  /** Whether the server said that it will never take it. */
  readonly isFinal: boolean;
}
