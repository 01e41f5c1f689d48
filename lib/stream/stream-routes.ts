import type { ControlReply, ControlRequest, ControlRoute } from '../http/control-route.ts';
import { createMetricsRoutes } from '../http/metrics-routes.ts';
import { ClientConfigError } from './client-config-error.ts';
import { SseClient } from './sse-client.ts';
import type { StreamDesk } from './stream-desk.ts';
import { writeMessage } from './stream-message.ts';
import { createStreamMetrics, type StreamFigures } from './stream-metrics.ts';
import { type ChannelView } from './stream-status.ts';

export interface StreamRoutesPort {
  readonly desk: StreamDesk;
  readonly figures: () => StreamFigures;
  readonly channels: () => readonly ChannelView[];
  readonly isClosing: () => boolean;
  /** Clients over server-sent events, who are to be let go at the end. */
  readonly sseClients: Set<SseClient>;
  readonly maxClients: number;
}

/** What a stream server is asked over HTTP, apart from WebSockets. */
export function createStreamRoutes(port: StreamRoutesPort): ControlRoute[] {
  return [
    { method: 'GET', path: '/healthz', access: 'open', handle: () => answer({ status: 'ok' }) },
    {
      method: 'GET',
      path: '/readyz',
      access: 'read',
      handle: () =>
        port.isClosing() ? answer({ status: 'ending' }, 503) : answer({ status: 'ready' }),
    },
    {
      method: 'GET',
      path: '/api/channels',
      access: 'read',
      handle: () => answer(port.channels()),
    },
    { method: 'GET', path: '/sse/lwes', access: 'read', handle: (request) => serve(port, request) },
    ...createMetricsRoutes(() => createStreamMetrics(port.figures())),
    {
      method: 'OPTIONS',
      path: '*',
      access: 'open',
      handle: () => ({
        kind: 'text',
        status: 204,
        body: '',
        contentType: 'text/plain',
        headers: {
          'access-control-allow-methods': 'GET',
          'access-control-allow-headers': 'authorization',
          'access-control-max-age': '600',
        },
      }),
    },
  ];
}

/** The same subscription as over a WebSocket, its configuration in the query. */
async function serve(port: StreamRoutesPort, request: ControlRequest): Promise<ControlReply> {
  const { desk, sseClients } = port;
  const text = request.query('config') ?? '';
  if (port.isClosing() || sseClients.size >= port.maxClients)
    return answer({ type: 'error', msg: 'the server takes no more clients', data: [] }, 503);
  const client = new SseClient();
  sseClients.add(client);
  client.body.once('close', () => {
    sseClients.delete(client);
  });
  try {
    client.sit(await desk.join(text, client, request.header('last-event-id')));
  } catch (error) {
    client.body.destroy();
    if (!(error instanceof ClientConfigError)) throw error;
    return {
      kind: 'text',
      status: 400,
      body: writeMessage('error', `${error.message} in ${text.slice(0, 2000)}`),
      contentType: 'application/json',
    };
  }
  if (request.gone.aborted) client.body.destroy();
  return {
    kind: 'passed',
    status: 200,
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
    body: client.body,
  };
}

function answer(body: unknown, status = 200): ControlReply {
  return { kind: 'json', body, status };
}
