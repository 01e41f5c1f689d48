import { createHash, randomUUID } from 'node:crypto';
import type { ClientSession } from './session-store.ts';

/**
 * A session as its token tells it: the gateway where it began, whose mailbox has all that is known of it, and the
 * client, whose id is made from the secret so that every gateway comes to the same and nobody finds the way back.
 */
export interface TokenParts extends ClientSession {
  /** The id of the gateway where the session began. */
  readonly home: string;
}

/** A session of a new client. */
export function createSession(home: string): TokenParts {
  return describe(home, randomUUID());
}

/** Null for what no gateway has made. */
export function parseSessionToken(token: string): TokenParts | null {
  const [, home, secret] = /^([\da-f-]{36})\.([\da-f-]{36})$/.exec(token) ?? [];
  return home === undefined || secret === undefined ? null : describe(home, secret);
}

function describe(home: string, secret: string): TokenParts {
  const digest = createHash('sha256').update(secret).digest('hex');
  const ends = [8, 12, 16, 20, 32];
  const parts = ends.map((end, at) => digest.slice(ends[at - 1] ?? 0, end));
  return { token: `${home}.${secret}`, home, clientId: parts.join('-') };
}
