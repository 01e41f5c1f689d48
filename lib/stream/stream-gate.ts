import { createTokenGate, type TokenGate } from '../http/token-gate.ts';
import type { Clock } from '../util/clock.ts';
import type { ResolvedStreamOptions } from './resolve-stream-options.ts';

/** Who is let in to a stream server. */
export function createStreamGate(
  { host, token, allowedOrigins }: ResolvedStreamOptions,
  clock: Clock,
): TokenGate {
  return createTokenGate({
    host,
    token,
    allowedOrigins,
    clock,
    publicHostname: null,
    trustsOwnPages: false,
    takesTokenInQuery: true,
    realm: 'vigil stream',
  });
}
