import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server, Socket } from 'node:net';
import { routeOf } from '../../../report/route.ts';
import type { Clock } from '../../../util/clock.ts';
import type { QuarantinedRoute } from '../../contract.ts';
import { isHttp2 } from '../is-http2.ts';
import { isPrivate, isRequestEvent, type RequestGate } from './request-tap.ts';

interface Http2Stream {
  readonly session?: { readonly socket?: Pick<Socket, 'remotePort'> };
  respond(headers: Readonly<Record<string, string | number>>): void;
  end(text: string): void;
}

const TEXT = 'This route is out of service for a while.\n';

/** Answers the requests of some routes in place of the server. @lazy */
export function createQuarantineGate(
  routes: readonly QuarantinedRoute[],
  clock: Clock,
): RequestGate | null {
  if (routes.length === 0) return null;
  const until = new Map(routes.map((one) => [one.route, one.until]));
  const secondsLeft = (method = '', url = ''): number => {
    const [path = ''] = url.split(/[?#]/, 1);
    const end = until.get(routeOf({ method, path }));
    return end === undefined ? 0 : Math.ceil((end - clock.now()) / 1000);
  };
  return (server, event, args) =>
    isHttp2(server) && event === 'stream'
      ? refuseStream(args as [Http2Stream, Record<string, string>], secondsLeft)
      : isRequestEvent(event) && refuseRequest(server, args, secondsLeft);
}

type SecondsLeft = (method?: string, url?: string) => number;

function refuseRequest(
  server: Server,
  args: readonly unknown[],
  secondsLeft: SecondsLeft,
): boolean {
  const [request, response] = args as [IncomingMessage, ServerResponse];
  // The requests of HTTP/2 have come as streams before.
  if (isHttp2(server) && 'stream' in response) return false;
  // Vigil's own polls go to the server whatever it is suspected of.
  if (isPrivate(request.socket)) return false;
  const seconds = secondsLeft(request.method, request.url);
  if (seconds <= 0) return false;
  response.writeHead(503, { 'Retry-After': seconds, 'Content-Type': 'text/plain' });
  response.end(TEXT);
  return true;
}

function refuseStream(
  [stream, headers]: readonly [Http2Stream, Readonly<Record<string, string>>],
  secondsLeft: SecondsLeft,
): boolean {
  if (isPrivate(stream.session?.socket)) return false;
  const seconds = secondsLeft(headers[':method'], headers[':path']);
  if (seconds <= 0) return false;
  stream.respond({ ':status': 503, 'retry-after': seconds, 'content-type': 'text/plain' });
  stream.end(TEXT);
  return true;
}
