import type { ServerResponse } from 'node:http';
import type { Server, Socket } from 'node:net';
import type { Clock } from '../../util/clock.ts';
import type { DrainFinished, OpenRequest } from '../contract.ts';
import { openStreams } from './http2-sessions.ts';
import { createOpenRequest } from './open-request.ts';
import { upgradedOf } from './upgraded-sockets.ts';

const LISTED = 20;

/** Knows what a drain waits for, without an account of any request that was answered before it. */
export class OpenRequests {
  readonly #servers: readonly Server[];
  readonly #clock: Clock;
  readonly #beganAt: number;
  readonly #startedAt = new WeakMap<object, number>();

  constructor(servers: readonly Server[], clock: Clock) {
    this.#servers = servers;
    this.#clock = clock;
    this.#beganAt = clock.now();
    for (const server of servers) {
      // A first listener would switch the stream events of HTTP/2 over to requests.
      if (server.listenerCount('request') === 0) continue;
      server.prependListener('request', (_request: unknown, response: object) => {
        this.#startedAt.set(response, clock.now());
      });
    }
  }

  /** The oldest first, and how many there are beside those listed. */
  list(): Pick<DrainFinished, 'requests' | 'moreRequests'> {
    const now = this.#clock.now();
    const found = [
      ...this.#servers.flatMap(openResponses).map((response) => this.#describe(response, now)),
      ...this.#servers.flatMap((server) => openStreams(server, now)),
      ...upgradedOf(this.#servers).map((upgraded) => upgraded.describe(now)),
    ].sort(compareAges);
    return { requests: found.slice(0, LISTED), moreRequests: Math.max(0, found.length - LISTED) };
  }

  /** Nobody knows when one began that was there before the drain. */
  #describe(response: ServerResponse, now: number): OpenRequest {
    const { method, url } = response.req;
    const startedAt = this.#startedAt.get(response);
    const request = createOpenRequest({ method, url, ageMs: now - (startedAt ?? this.#beganAt) });
    return startedAt === undefined ? { ...request, atLeast: true } : request;
  }
}

/** The oldest first; of two of the same millisecond the one of which only the least age is known. */
function compareAges(one: OpenRequest, other: OpenRequest): number {
  const isKnown = ({ atLeast }: OpenRequest): number => (atLeast === undefined ? 1 : 0);
  return other.ageMs - one.ageMs || isKnown(one) - isKnown(other);
}

interface TrackedConnection {
  readonly socket?: (Socket & { readonly _httpMessage?: ServerResponse | null }) | null;
}

/** The responses that an HTTP/1 server has not finished. */
export function openResponses(server: Server): ServerResponse[] {
  return connectionsOf(server).flatMap(({ socket }) => {
    const response = socket?._httpMessage;
    return response?.req === undefined ? [] : [response];
  });
}

/** The connections of an HTTP/1 server on which nothing was ever sent. */
export function unusedConnections(server: Server): Socket[] {
  return connectionsOf(server).flatMap(({ socket }) => (socket?.bytesRead === 0 ? [socket] : []));
}

/** By the list that Node keeps for its own timeouts. It is internal: without it there are none. */
function connectionsOf(server: Server): TrackedConnection[] {
  const symbol = Object.getOwnPropertySymbols(server).find(
    ({ description }) => description === 'http.server.connections',
  );
  if (symbol === undefined) return [];
  const list = (server as unknown as Record<symbol, { all?: () => TrackedConnection[] }>)[symbol];
  return typeof list?.all === 'function' ? list.all() : [];
}
