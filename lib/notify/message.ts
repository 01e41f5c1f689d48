/** What a message is about; also the `kind` of the events of mail and webhook. */
export const MESSAGE_KINDS = [
  'crash',
  'digest',
  'sessionKey',
  'gaveUp',
  'recovered',
  'test',
] as const;

export type MessageKind = (typeof MESSAGE_KINDS)[number];

/** What every message has that waits in a spool, whichever way it goes. */
export interface Message {
  /** Sortable by time, unique. */
  readonly id: string;
  /** Stays the same over retries and restarts, so that a message delivered twice can be recognised. */
  readonly messageId: string;
  readonly kind: MessageKind;
  /** ISO time at which it was written. */
  readonly at: string;
}
