import type { Message } from './message.ts';

/** A request as it waits in the spool. */
export interface WebhookMessage extends Message {
  /** JSON, to be sent and signed as it is. */
  readonly body: string;
}

/** Settings of `webhook` in the configuration, durations in milliseconds. */
export interface WebhookOptions {
  readonly url: string;
  /** `whsec_` and base64, or any other text. */
  readonly secret: string;
  /** Further crashes of a defect are told together at most this often. */
  readonly digestMs: number;
  /** Most requests an hour, "gave up" and "recovered" not counted. */
  readonly perHour: number;
}
