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
  const hasStreams = isHttp2(server);
  const enter = (event: string, first: unknown, second: unknown): RequestOwner | null => {
    if (hasStreams && event === 'stream') return enterStream(tap, first, second);
    // Those of HTTP/2 have come as streams before; those of a client that speaks HTTP/1 have not.
    if (!isRequestEvent(event) || (hasStreams && hasStream(second))) return null;
    return enterRequest(tap, first, second);
  };
  // Arguments by name: a list of them made for each request is what a busy server would pay most for.
  // eslint-disable-next-line @typescript-eslint/max-params -- an event and what a request comes with
  const tapped = function (
    this: Server,
    event: string,
    first?: unknown,
    second?: unknown,
  ): boolean {
    if (tap.gate?.(server, event, [first, second]) === true) return true;
    const owner = enter(event, first, second);
    const answer =
      arguments.length === 3
        ? emit.call(this, event, first, second)
        : // eslint-disable-next-line prefer-rest-params -- see above
          emit.apply(this, arguments as unknown as Parameters<Emit>);
    if (owner !== null) tap.sink.leave(owner);
    return answer;
  };
  Object.defineProperty(server, 'emit', { value: tapped, configurable: true, writable: true });
}

function enterRequest(tap: RequestTap, first: unknown, second: unknown): RequestOwner | null {
  const request = first as IncomingMessage | undefined;
  const response = second as RequestOwner | undefined;
  if (request === undefined || typeof response?.on !== 'function') return null;
  if (request.url === tap.polledPath() && isPrivate(request.socket)) return null;
  tap.sink.begin(response, request);
  return response;
}

function enterStream(tap: RequestTap, first: unknown, second: unknown): RequestOwner | null {
  const stream = first as Stream;
  const headers = second as Readonly<Record<string, string | undefined>>;
  const { ':method': method, ':path': url } = headers;
  if (method === 'CONNECT') return null;
  if (url === tap.polledPath() && isPrivate(stream.session?.socket)) return null;
  tap.sink.begin(stream, { method, url });
  return stream;
}

function hasStream(response: unknown): boolean {
  return (response as { stream?: unknown } | undefined)?.stream !== undefined;
}

export function isRequestEvent(event: string): boolean {
  return event === 'request' || OTHER_EVENTS.has(event);
}

/** Vigil's polls come from inside the process. Connections from elsewhere have a port, or come by a Unix socket. */
export function isPrivate(socket: Pick<Socket, 'remotePort'> | undefined): boolean {
  return !socket?.remotePort;
}
