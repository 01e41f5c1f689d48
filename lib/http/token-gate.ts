import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { VigilErrorCode } from '../errors.ts';
import type { Clock } from '../util/clock.ts';
import type { RouteAccess } from './control-route.ts';
import type { RequestGate } from './front-gate.ts';
import { KeyCheck } from './key-check.ts';
import { isLoopback } from './loopback.ts';
import type { Refusal } from './refusal.ts';
import { isTrustedHost } from './trusted-host.ts';

export interface TokenGateOptions {
  /** Where the server listens. */
  readonly host: string;
  /** A further name under which it may be asked for. */
  readonly publicHostname: string | null;
  /** Null: nobody needs one. */
  readonly token: string | null;
  /** Pages of these sites may ask, in small letters; `*` for all. Those of this machine always may. */
  readonly allowedOrigins: readonly string[];
  /** Whether a page that the server itself has served, under whatever name, may ask; default true. */
  readonly trustsOwnPages?: boolean;
  /** Whether `?token=` will do for plain requests as well, as a page's `EventSource` can send no header; default false. */
  readonly takesTokenInQuery?: boolean;
  readonly clock: Clock;
  /** Of the challenge for the token. */
  readonly realm: string;
  /** What is answered in place of a code and a message. */
  readonly describe?: (reason: string) => unknown;
}

/** Who is let in by one token, and which pages may read what is answered. */
export interface TokenGate extends RequestGate {
  corsHeaders(request: IncomingMessage): Readonly<Record<string, string>>;
}

export function createTokenGate(options: TokenGateOptions): TokenGate {
  const keys = options.token === null ? null : new KeyCheck(options.token, options.clock);
  const judge = (request: IncomingMessage, key: string | null): Refusal | null => {
    const address = request.socket.remoteAddress;
    const finding = keys?.examine(key === null ? null : Buffer.from(key, 'latin1'), address);
    if (finding === undefined || finding === 'right') return null;
    if (finding === 'unread')
      return refuse(options, 429, {
        reason: 'too many wrong tokens: try again later',
        headers: { 'retry-after': String(keys?.retryAfterSeconds(address) ?? 1) },
      });
    return refuse(options, 401, {
      reason: 'the token is needed, as bearer token',
      headers: { 'www-authenticate': `Bearer realm="${options.realm}"` },
    });
  };
  return {
    inspect: (request) => inspect(request, options),
    authorize: (request, access: RouteAccess) =>
      access === 'open'
        ? null
        : judge(request, readToken(request, options.takesTokenInQuery ?? false)),
    authorizeUpgrade: (request) => judge(request, readToken(request, true)),
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

function inspect({ headers }: IncomingMessage, options: TokenGateOptions): Refusal | null {
  const { host, publicHostname, token } = options;
  // A page whose name was made to lead here is asked for under that name; from a public address it has nothing to gain.
  const isOpenHere = isLoopback(host) && token === null;
  if (isOpenHere && !isTrustedHost(headers.host, publicHostname ?? host)) {
    const names = publicHostname === null ? '' : ', or by its publicHostname';
    return refuse(options, 421, { reason: `ask for it by localhost, by an IP address${names}` });
  }
  if (isAllowedOrigin(headers, options)) return null;
  return refuse(options, 403, { reason: 'this origin is not allowed' });
}

function isAllowedOrigin(headers: IncomingHttpHeaders, options: TokenGateOptions): boolean {
  const { allowedOrigins } = options;
  const origin = headers.origin?.toLowerCase();
  if (origin === undefined || allowedOrigins.includes('*') || allowedOrigins.includes(origin))
    return true;
  const [, host] = /^https?:\/\/([^/?#@\s]+)$/.exec(origin) ?? [];
  if (host === undefined) return false;
  return isLoopback(host.replace(/:\d+$/, '')) || isOwnPage(host, headers, options);
}

function isOwnPage(
  host: string,
  headers: IncomingHttpHeaders,
  { trustsOwnPages = true }: TokenGateOptions,
): boolean {
  return trustsOwnPages && host === headers.host?.toLowerCase();
}

function readToken({ headers, url }: IncomingMessage, isTakenFromQuery: boolean): string | null {
  const [, bearer] = /^bearer +(.*)$/i.exec(headers.authorization ?? '') ?? [];
  return bearer ?? (isTakenFromQuery ? readQueryToken(url) : null);
}

/** A page cannot send a header with its WebSocket. */
function readQueryToken(target = ''): string | null {
  const at = target.indexOf('?');
  return at === -1 ? null : new URLSearchParams(target.slice(at + 1)).get('token');
}

const CODES: Readonly<Record<number, VigilErrorCode>> = {
  401: 'ERR_CONTROL_KEY',
  403: 'ERR_CONTROL_ORIGIN',
  421: 'ERR_CONTROL_HOST',
  429: 'ERR_CONTROL_LIMIT',
};

function refuse(
  { describe }: TokenGateOptions,
  status: number,
  {
    reason,
    headers = {},
  }: { readonly reason: string; readonly headers?: Readonly<Record<string, string>> },
): Refusal {
  const code = CODES[status] ?? 'ERR_CONTROL_REQUEST';
  const refusal: Refusal = { status, code, message: reason, headers };
  return describe === undefined ? refusal : { ...refusal, body: describe(reason) };
}
