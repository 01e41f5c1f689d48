import { createHmac } from 'node:crypto';

/** What is signed of a request: without its id and time it could be sent again by others. */
export interface SignedParts {
  readonly id: string;
  /** Of this try, seconds since the epoch. */
  readonly timestamp: number;
  readonly body: string;
}

/**
 * The `webhook-signature` of a request.
 *
 * @param secret - `whsec_` and the key in base64; any other text is the key itself
 * @see https://www.standardwebhooks.com - the scheme, which receivers have libraries for
 */
export function signWebhook(secret: string, { id, timestamp, body }: SignedParts): string {
  const signed = `${id}.${String(timestamp)}.${body}`;
  return `v1,${createHmac('sha256', keyOf(secret)).update(signed).digest('base64')}`;
}

function keyOf(secret: string): Buffer {
  const encoded = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret)?.[1];
  return encoded === undefined ? Buffer.from(secret) : Buffer.from(encoded, 'base64');
}
