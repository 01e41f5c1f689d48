import type { VigilErrorCode } from '../errors.ts';
import type { MessageKind } from './message.ts';

/** The ways a message may go; each sends, and fails, for itself. */
export type ChannelName = 'mail' | 'webhook';

/** What became of a message. `error.message` and `response` are masked and hold the server's words. */
export type DeliveryEvent =
  | DeliveryQueued<'mail.queued'>
  | DeliverySent<'mail.sent'>
  | DeliveryFailed<'mail.failed'>
  | DeliveryQueued<'webhook.queued'>
  | DeliverySent<'webhook.sent'>
  | DeliveryFailed<'webhook.failed'>;

export interface DeliveryQueued<Type extends `${ChannelName}.queued`> {
  readonly type: Type;
  readonly kind: MessageKind;
  readonly id: string;
  /** False when the message waits in memory only; `error` says why. */
  readonly onDisk: boolean;
  readonly error?: DeliveryError;
}

export interface DeliverySent<Type extends `${ChannelName}.sent`> {
  readonly type: Type;
  readonly kind: MessageKind;
  readonly id: string;
  readonly messageId: string;
  readonly response: string;
  /** Tries it took, by this monitor. */
  readonly attempts: number;
}

export interface DeliveryFailed<Type extends `${ChannelName}.failed`> {
  readonly type: Type;
  readonly kind: MessageKind | 'unknown';
  readonly id: string;
  readonly error: DeliveryError;
  /** The recipients concerned, when not all. */
  readonly recipients?: readonly string[];
  /** Null: not tried again. */
  readonly retryInMs: number | null;
}

export interface DeliveryError {
  readonly code: VigilErrorCode;
  readonly message: string;
}
