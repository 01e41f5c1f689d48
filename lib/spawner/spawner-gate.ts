import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { RouteAccess } from '../http/control-route.ts';
import type { RequestGate } from '../http/front-gate.ts';
import { KeyCheck } from '../http/key-check.ts';
import { isLoopback } from '../http/loopback.ts';
import type { Refusal } from '../http/refusal.ts';
import { isTrustedHost } from '../http/trusted-host.ts';
import type { Clock } from '../util/clock.ts';
import type { ResolvedSpawnerOptions } from './resolve-spawner-options.ts';

export type GateOptions = Pick<
  ResolvedSpawnerOptions,
  'host' | 'publicHostname' | 'token' | 'allowedOrigins'
>;

/** Who is let in to a spawner, and which pages may read what it answers. */
export interface SpawnerGate extends RequestGate {
  corsHeaders(request: IncomingMessage): Readonly<Record<string, string>>;
}

export function createSpawnerGate(options: GateOptions, clock: Clock): SpawnerGate {
  const keys = options.token === null ? null : new KeyCheck(options.token, clock);
  const judge = (request: IncomingMessage, key: string | null): Refusal | null => {
    const address = request.socket.remoteAddress;
    const finding = keys?.examine(key === null ? null : Buffer.from(key, 'latin1'), address);
    if (finding === undefined || finding === 'right') return null;
    if (finding === 'unread')
      return refuse(429, 'too many wrong tokens: try again later', {
        'retry-after': String(keys?.retryAfterSeconds(address) ?? 1),
      });
    return refuse(401, 'the token is needed, as bearer token', {
      'www-authenticate': 'Bearer realm="vigil spawner"',
    });
  };
  return {
    inspect: (request) => inspect(request, options),
    authorize: (request, access: RouteAccess) =>
      access === 'open' ? null : judge(request, readBearer(request.headers)),
    authorizeUpgrade: (request) =>
      judge(request, readBearer(request.headers) ?? readQueryToken(request.url)),
    corsHeaders: ({ headers }) => {
      const { origin } = headers;
      if (origin === undefined) return {};
      const vary = { vary: 'origin' };
      return isAllowedOrigin(headers, options)
        ? { ...vary, 'access-control-allow-origin': origin }
        : vary;
    },
  };
}

function inspect({ headers }: IncomingMessage, options: GateOptions): Refusal | null {
  const { host, publicHostname, token } = options;
  // A page whose name was made to lead here is asked for under that name; from a public address it has nothing to gain.
  const isOpenHere = isLoopback(host) && token === null;
  if (isOpenHere && !isTrustedHost(headers.host, publicHostname ?? host))
    return refuse(421, 'ask for it by localhost, by an IP address, or by its publicHostname');
  return isAllowedOrigin(headers, options) ? null : refuse(403, 'this origin is not allowed');
}

function isAllowedOrigin(headers: IncomingHttpHeaders, { allowedOrigins }: GateOptions): boolean {
  const origin = headers.origin?.toLowerCase();
  if (origin === undefined || allowedOrigins.includes('*') || allowedOrigins.includes(origin))
    return true;
  const [, host] = /^https?:\/\/([^/?#@\s]+)$/.exec(origin) ?? [];
  if (host === undefined) return false;
  return host === headers.host?.toLowerCase() || isLoopback(host.replace(/:\d+$/, ''));
}

function readBearer({ authorization }: IncomingHttpHeaders): string | null {
  return /^bearer +(.*)$/i.exec(authorization ?? '')?.[1] ?? null;
}

/** A page cannot send a header with its WebSocket. */
function readQueryToken(target = ''): string | null {
  const at = target.indexOf('?');
  return at === -1 ? null : new URLSearchParams(target.slice(at + 1)).get('token');
}

function refuse(
  status: number,
  reason: string,
  headers: Readonly<Record<string, string>> = {},
): Refusal {
  const body = { status: 'failed', reason };
  return { status, code: 'ERR_CONTROL_REQUEST', message: reason, headers, body };
}
