import type { IncomingMessage } from 'node:http';
import type { Clock } from '../util/clock.ts';
import type { RouteAccess } from './control-route.ts';
import { isCrossSite } from './cross-site.ts';
import { type AccessDecision, decideAccess } from './decide-access.ts';
import { KeyCheck } from './key-check.ts';
import type { Refusal } from './refusal.ts';
import { isPlainTarget } from './request-target.ts';
import { isTrustedHost } from './trusted-host.ts';

/** Who is let in over TCP. */
export interface RequestGate {
  /** Looks at a request before a route is looked for. */
  inspect(request: IncomingMessage): Refusal | null;
  authorize(request: IncomingMessage, access: RouteAccess): Refusal | null;
  /** The same for a WebSocket, whose browser can send a key only among its protocols. */
  authorizeUpgrade(request: IncomingMessage): Refusal | null;
}

/** How the server and what belongs to it are called. */
export interface FrontWording {
  readonly server: string;
  /** Where its host is configured. */
  readonly hostOption: string;
  readonly key: string;
}

export const SESSION_WORDING: FrontWording = {
  server: 'control.http',
  hostOption: 'control.http.host',
  key: 'the session key',
};

export interface FrontGateOptions {
  readonly host: string;
  readonly isReadOnly: boolean;
  readonly sessionKey: string;
  readonly wording?: FrontWording;
  /** Which paths may end with a stroke, beside `/` itself; default none. */
  readonly isFolder?: (path: string) => boolean;
  readonly clock: Clock;
  /** Told of an address that has shown too many wrong keys; once a minute at the most. */
  readonly onGuessing?: (address: string) => void;
}

/** `Sec-WebSocket-Protocol: vigil.live, vigil.key.<the session key in base64url>`. */
const KEY_PROTOCOL = /(?:^|,)\s*vigil\.key\.([\w-]+)\s*(?:,|$)/;

const TELL_EVERY_MS = 60_000;

const METHODS = new Set(['GET', 'HEAD', 'POST']);

export function createFrontGate(options: FrontGateOptions): RequestGate {
  const { isReadOnly, sessionKey, clock, wording = SESSION_WORDING } = options;
  const tell = limitTelling(options);
  const keys = new KeyCheck(sessionKey, clock);
  const refuse = (decision: AccessDecision, retryAfterSeconds: () => number): Refusal | null =>
    createRefusal(decision, retryAfterSeconds, wording.key);
  const judge = (request: IncomingMessage, access: RouteAccess, shown: Buffer | null) => {
    const address = request.socket.remoteAddress;
    const key = access === 'open' ? 'none' : keys.examine(shown, address);
    if (key === 'unread') tell(address);
    const facts = { access, isReadOnly, key, isCrossSite: isCrossSite(request.headers) };
    return refuse(decideAccess(facts), () => keys.retryAfterSeconds(address));
  };
  return {
    inspect: (request) => inspectRequest(request, options),
    authorize: (request, access) => judge(request, access, readBearer(request)),
    authorizeUpgrade: (request) =>
      isCrossSite(request.headers)
        ? refuse('crossSite', () => 1)
        : judge(request, 'read', readBearer(request) ?? readProtocolKey(request)),
  };
}

function limitTelling({
  clock,
  onGuessing,
}: FrontGateOptions): (address: string | undefined) => void {
  let toldAt = -Infinity;
  return (address = 'an unknown address') => {
    if (clock.now() - toldAt < TELL_EVERY_MS) return;
    toldAt = clock.now();
    onGuessing?.(address);
  };
}

function inspectRequest(
  request: IncomingMessage,
  { host, isFolder, wording = SESSION_WORDING }: FrontGateOptions,
): Refusal | null {
  const { method = '', url, headers, rawHeaders } = request;
  const hosts = rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host');
  if (hosts.length !== 1 || !isTrustedHost(headers.host, host))
    return {
      status: 421,
      code: 'ERR_CONTROL_HOST',
      message: `this address is not one of ${wording.server}: ask for it by localhost, by an IP address, or by the name in ${wording.hostOption}`,
    };
  if (!METHODS.has(method))
    return {
      status: 405,
      code: 'ERR_CONTROL_REQUEST',
      message: 'only GET, HEAD and POST are answered',
      headers: { allow: [...METHODS].join(', ') },
    };
  if (!isPlainTarget(url, isFolder))
    return { status: 400, code: 'ERR_CONTROL_REQUEST', message: 'the path is not a plain one' };
  return null;
}

/** The bytes of the key as they came: Node hands out a header with one character for each. */
function readBearer({ headers }: IncomingMessage): Buffer | null {
  // Another scheme is for a proxy in front, and no try at this key.
  const [, key] = /^bearer(?: +(.*))?$/i.exec(headers.authorization ?? 'none') ?? [];
  return key === undefined ? null : Buffer.from(key, 'latin1');
}

function readProtocolKey({ headers }: IncomingMessage): Buffer | null {
  const [, key] = KEY_PROTOCOL.exec(headers['sec-websocket-protocol'] ?? '') ?? [];
  return key === undefined ? null : Buffer.from(key, 'base64url');
}

function createRefusal(
  decision: AccessDecision,
  retryAfterSeconds: () => number,
  key: string,
): Refusal | null {
  switch (decision) {
    case 'admitted':
      return null;
    case 'crossSite':
      return {
        status: 403,
        code: 'ERR_CONTROL_ORIGIN',
        message: 'a page of another site may not do this',
      };
    case 'tooManyWrong':
      return {
        status: 429,
        code: 'ERR_CONTROL_LIMIT',
        message: 'too many wrong keys: try again later',
        headers: { 'retry-after': String(retryAfterSeconds()) },
      };
    case 'keyNeeded':
      return refuseKey(`${key} is needed, as bearer token`, '');
    case 'keyWrong':
      return refuseKey(`this is not ${key}`, ', error="invalid_token"');
  }
}

function refuseKey(message: string, hint: string): Refusal {
  const challenge = `Bearer realm="vigil"${hint}`;
  return {
    status: 401,
    code: 'ERR_CONTROL_KEY',
    message,
    headers: { 'www-authenticate': challenge },
  };
}
