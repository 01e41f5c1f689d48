import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { systemClock } from '../util/clock.ts';
import { VERSION } from '../version.ts';
import { serveCarrier } from './carrier-child.ts';
import type { WebhookRequest } from './carrier-protocol.ts';
import type { Outcome } from './carrier.ts';
import { signWebhook } from './sign-webhook.ts';
import type { WebhookMessage } from './webhook.ts';

/* The program of the process that sends webhook requests. */

const GONE = 410;
const MOST_ANSWER_BYTES = 4096;
const MOST_TOLD = 200;

serveCarrier(deliver);

async function deliver(
  message: WebhookMessage,
  request: WebhookRequest,
  gone: AbortSignal,
): Promise<Outcome> {
  const late = new AbortController();
  const timer = systemClock.setTimer(request.timeoutMs, () => {
    late.abort();
  });
  try {
    const response = await open(message, request, AbortSignal.any([gone, late.signal]));
    return outcomeOf(response, await readStart(response));
  } catch (error) {
    const { message: text, code } = error as NodeJS.ErrnoException;
    const words = late.signal.aborted
      ? `no answer within ${String(request.timeoutMs)} ms`
      : ((text || code) ?? 'the request failed');
    return { kind: 'unreachable', message: words };
  } finally {
    timer.cancel();
  }
}

function open(
  { messageId, body }: WebhookMessage,
  { url, secret }: WebhookRequest,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const target = new URL(url);
  const timestamp = Math.floor(systemClock.wallTime() / 1000);
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'user-agent': `vigil/${VERSION}`,
    'webhook-id': messageId,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signWebhook(secret, { id: messageId, timestamp, body }),
  };
  const send = target.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sent = send(target, { method: 'POST', headers, agent: false, signal }, resolve);
    // Stays on after the answer began: the line may be cut in its middle.
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The beginning of an answer, for people; the status alone counts, so what follows may be cut or never come. */
async function readStart(response: IncomingMessage): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  try {
    for await (const chunk of response) {
      text += chunk as string;
      if (text.length > MOST_ANSWER_BYTES) break;
    }
  } catch {
    return text;
  }
  return text;
}

function outcomeOf(response: IncomingMessage, text: string): Outcome {
  const status = response.statusCode ?? 0;
  const words = text
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, MOST_TOLD);
  const name = `${String(status)} ${response.statusMessage ?? ''}`.trim();
  const answer = words === '' ? name : `${name}: ${words}`;
  if (status >= 200 && status < 300) return { kind: 'accepted', response: answer, refused: [] };
  if (status === GONE) return { kind: 'gone', message: `${answer} (nothing more is sent to it)` };
  if (status >= 300 && status < 400) {
    return { kind: 'deferred', message: `${answer} (redirects are not followed)` };
  }
  return { kind: 'deferred', message: answer };
}
