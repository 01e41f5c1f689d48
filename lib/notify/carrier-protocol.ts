import type { Outcome } from './carrier.ts';
import type { MailOptions, OutgoingMail } from './mail.ts';
import type { WebhookMessage } from './webhook.ts';

/** What the monitor asks a sending process to do. It goes over IPC: arguments and environments can be read by other users. */
export interface CarrierRequest<M> {
  /** For each step with the server: to connect, to be greeted, to be answered. */
  readonly timeoutMs: number;
  readonly messages: readonly M[];
}

export interface MailerRequest extends CarrierRequest<OutgoingMail> {
  readonly transport: MailOptions['transport'];
}

export interface WebhookRequest extends CarrierRequest<WebhookMessage> {
  readonly url: string;
  readonly secret: string;
}

/** What a sending process tells about one message. */
export interface CarrierResult {
  readonly id: string;
  readonly outcome: Outcome;
}
