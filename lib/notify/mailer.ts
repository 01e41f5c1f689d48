import type { Mail } from './mail.ts';

/** Hands mails to a mail server. Neither method rejects or blocks for longer than its deadline. */
export interface Mailer {
  /**
   * Sends mails one after the other and tells the outcome of each as soon as it is known.
   * After an `unreachable` the rest is not tried and has no outcome.
   */
  send(mails: readonly OutgoingMail[], onOutcome: OutcomeListener): Promise<void>;
  /** Breaks off what is under way. */
  close(): Promise<void>;
}

export type OutcomeListener = (id: string, outcome: MailOutcome) => void;

export interface OutgoingMail extends Mail {
  readonly from: string;
  readonly to: readonly string[];
}

/**
 * How sending a mail ended: `accepted` by the server, at least for some recipients · `refused` for good, trying again is
 * of little use · `deferred`, this mail later · `unreachable`, no mail can be sent at the moment.
 * `message` holds the server's own words.
 */
export type MailOutcome =
  | {
      readonly kind: 'accepted';
      readonly response: string;
      readonly refused: readonly RefusedRecipient[];
    }
  | { readonly kind: 'refused' | 'deferred' | 'unreachable'; readonly message: string };

export interface RefusedRecipient {
  readonly recipient: string;
  readonly message: string;
  /** Whether the server said that it will never take it. */
  readonly isFinal: boolean;
}
