import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../util/clock.ts';
import type { Carrier } from './carrier.ts';
import type { Channel } from './channel.ts';
import { createId } from './create-id.ts';
import { createProcessCarrier } from './process-carrier.ts';
import { Spool } from './spool.ts';
import { composeWebhookBody } from './webhook-body.ts';
import type { WebhookMessage, WebhookOptions } from './webhook.ts';

export interface WebhookChannelOptions {
  /** The session's name. */
  readonly name: string;
  readonly webhook: WebhookOptions;
  /** Its folder `spool/webhook` is used. */
  readonly stateDirectory: string;
  readonly clock: Clock;
  /** Hides secrets in every text. Must not throw. */
  readonly mask: (text: string) => string;
  /** Default: one that starts a process for each batch. */
  readonly carrier?: Carrier<WebhookMessage>;
}

export interface WebhookCarrierOptions {
  readonly webhook: Pick<WebhookOptions, 'url' | 'secret'>;
  readonly clock: Clock;
  readonly stepTimeoutMs?: number;
  readonly deadlineMs?: number;
  /** The built program of the process; default the one beside this file. */
  readonly program?: string;
}

/** Tells a program by a signed request. It is never told the session key. */
export function createWebhookChannel(options: WebhookChannelOptions): Channel<WebhookMessage> {
  const { name, webhook, stateDirectory, clock, mask } = options;
  const { carrier = createWebhookCarrier({ webhook, clock }) } = options;
  const sender = { name, host: hostname() };
  return {
    name: 'webhook',
    limits: webhook,
    errorCodes: { failed: 'ERR_WEBHOOK_FAILED', spool: 'ERR_WEBHOOK_SPOOL' },
    spool: new Spool({
      directory: join(stateDirectory, 'spool', 'webhook'),
      name: 'webhook',
      errorCode: 'ERR_WEBHOOK_SPOOL',
      parse: ({ body }) => (typeof body === 'string' ? { body } : null),
    }),
    carrier,
    compose(notice, at) {
      if (notice.kind === 'sessionKey' || notice.kind === 'fleetCrash') return null;
      const id = createId(at);
      const body = composeWebhookBody(notice, { ...sender, at });
      const text = JSON.stringify(body, (_key, value: unknown) =>
        typeof value === 'string' ? mask(value) : value,
      );
      return { id, messageId: `msg_${id}`, kind: notice.kind, at, body: text };
    },
    narrow: (message) => message,
  };
}

/** Sends requests from a process of their own. */
export function createWebhookCarrier(options: WebhookCarrierOptions): Carrier<WebhookMessage> {
  const { webhook, clock, stepTimeoutMs, deadlineMs } = options;
  const { program = join(__dirname, 'webhook-child.js') } = options;
  const settings = { url: webhook.url, secret: webhook.secret };
  const receiver = 'the receiver of the webhook';
  return createProcessCarrier({ program, settings, receiver, clock, stepTimeoutMs, deadlineMs });
}
