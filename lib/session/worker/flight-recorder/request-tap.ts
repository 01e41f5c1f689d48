import type { IncomingMessage } from 'node:http';
import type { Server, Socket } from 'node:net';
import type { RequestLine } from '../../../report/request-slots.ts';
import { isHttp2 } from '../is-http2.ts';

export const SLOT = Symbol('vigil.slot');

/** Knows where its request is recorded. */
export interface SlotOwner {
  [SLOT]?: number;
}

/** A response or a stream: open as long as its request is. */
export interface RequestOwner extends SlotOwner {
  readonly destroyed: boolean;
  readonly closed: boolean;
  readonly writableFinished: boolean;
  on(event: 'close', listener: (this: RequestOwner) => void): unknown;
}

/** Hears of the requests of a server. */
export interface RequestSink {
  /** The handler is about to be called. */
  begin(owner: RequestOwner, request: RequestLine): void;
  /** It has returned. One that throws never does. */
  leave(owner: RequestOwner): void;
}

export interface RequestTap {
  /** May be replaced. */
  sink: RequestSink;
  /** The path that Vigil's own polls ask for. */
  readonly polledPath: () => string | null;
  /** Asked before anything else; there while a route is in quarantine. */
  gate: RequestGate | null;
}

/** True: the request is answered, and nobody else is to hear of it. */
export type RequestGate = (server: Server, event: string, args: readonly unknown[]) => boolean;

type Emit = (this: Server, event: string, ...args: unknown[]) => boolean;
type Stream = RequestOwner & { readonly session?: { readonly socket?: Socket } };

const OTHER_EVENTS: ReadonlySet<string> = new Set(['checkContinue', 'checkExpectation']);

/**
 * Tells of each request of a server, before its handler, all but Vigil's own polls.
 *
 * Upgraded connections are none: a WebSocket stays open for hours, whatever the process dies of.
 */
export function tapRequests(server: Server, tap: RequestTap): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own `this` below
  const emit = server.emit as Emit;
  const enter = isHttp2(server) ? enterHttp2 : enterHttp1;
  const tapped: Emit = function (event, ...args) {
    if (tap.gate?.(server, event, args) === true) return true;
    const owner = enter(tap, event, args);
    const answer = emit.call(this, event, ...args);
    if (owner !== null) tap.sink.leave(owner);
    return answer;
  };
  Object.defineProperty(server, 'emit', { value: tapped, configurable: true, writable: true });
}

function enterHttp1(tap: RequestTap, event: string, args: readonly unknown[]): RequestOwner | null {
  if (!isRequestEvent(event)) return null;
  const request = args[0] as IncomingMessage | undefined;
  const response = args[1] as RequestOwner | undefined;
  if (request === undefined || typeof response?.on !== 'function') return null;
  if (request.url === tap.polledPath() && isPrivate(request.socket)) return null;
  tap.sink.begin(response, request);
  return response;
}

/** Its requests come as streams first; those of a client that speaks HTTP/1 do not. */
function enterHttp2(tap: RequestTap, event: string, args: readonly unknown[]): RequestOwner | null {
  if (event !== 'stream') {
    const isStreamed = (args[1] as { stream?: unknown } | undefined)?.stream !== undefined;
    return isStreamed ? null : enterHttp1(tap, event, args);
  }
  const [stream, headers] = args as [Stream, Readonly<Record<string, string | undefined>>];
  const { ':method': method, ':path': url } = headers;
  if (method === 'CONNECT') return null;
  if (url === tap.polledPath() && isPrivate(stream.session?.socket)) return null;
  tap.sink.begin(stream, { method, url });
  return stream;
}

export function isRequestEvent(event: string): boolean {
  return event === 'request' || OTHER_EVENTS.has(event);
}

/** Vigil's polls come from inside the process. Connections from elsewhere have a port, or come by a Unix socket. */
export function isPrivate(socket: Pick<Socket, 'remotePort'> | undefined): boolean {
  return !socket?.remotePort;
}
