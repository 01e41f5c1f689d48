import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { createPrivateConnection } from '../../../lib/session/worker/private-connection.ts';
import { tapRequests } from '../../../lib/session/worker/flight-recorder/request-tap.ts';

interface Tapped {
  readonly heard: string[];
  readonly port: number;
}

async function tap(server: Server, polledPath: string | null = null): Promise<Tapped> {
  const heard: string[] = [];
  tapRequests(server, {
    polledPath: () => polledPath,
    gate: null,
    sink: {
      begin: (_owner, { method, url }) => heard.push(`begin ${String(method)} ${String(url)}`),
      leave: () => heard.push('leave'),
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { heard, port: (server.address() as AddressInfo).port };
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}

describe('a tap on the requests of a server', () => {
  it('hears of each before its handler, also when they come together', async () => {
    const server = createServer((_request, response) => {
      heard.push('handler');
      response.end();
    });
    const { heard, port } = await tap(server);
    const socket = connect(port, '127.0.0.1');
    socket.end(
      'GET /a HTTP/1.1\r\nHost: a\r\n\r\nPUT /b HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n',
    );
    socket.resume();
    await once(socket, 'close');
    expect(heard).toEqual(['begin GET /a', 'handler', 'leave', 'begin PUT /b', 'handler', 'leave']);
    await close(server);
  });

  it('hears of one that asks before it sends its body', async () => {
    const server = createServer();
    server.on('checkContinue', (_request, response) => response.end());
    const { heard, port } = await tap(server);
    const asking = request({ port, path: '/c', headers: { expect: '100-continue' } });
    asking.end();
    await once(asking, 'response');
    asking.destroy();
    expect(heard).toEqual(['begin GET /c', 'leave']);
    await close(server);
  });

  it('hears nothing of a WebSocket', async () => {
    const server = createServer();
    server.on('upgrade', (_request, socket) => socket.end());
    const { heard, port } = await tap(server);
    const headers = { connection: 'upgrade', upgrade: 'websocket' };
    const asking = request({ port, path: '/d', headers });
    asking.end();
    await once(asking, 'error');
    expect(heard).toEqual([]);
    await close(server);
  });

  it.each(['stream', 'request'])(
    'hears once of one over HTTP/2 that is handled as a %s',
    async (event) => {
      const server = createHttp2Server();
      server.on(event, (first: { respond?: () => void }, response: { end(): void }) => {
        if (event === 'stream') first.respond?.();
        (event === 'stream' ? (first as { end(): void }) : response).end();
      });
      const { heard, port } = await tap(server as unknown as Server);
      const client = connectHttp2(`http://127.0.0.1:${String(port)}`);
      const stream = client.request({ ':path': '/e', ':method': 'DELETE' });
      stream.resume();
      await once(stream, 'close');
      client.close();
      expect(heard).toEqual(['begin DELETE /e', 'leave']);
      await close(server as unknown as Server);
    },
  );

  it('hears nothing of the polls that come from inside the process, but of others for the same path', async () => {
    const server = createServer((_request, response) => response.end());
    const { heard, port } = await tap(server, '/health');
    const { client, server: end } = createPrivateConnection();
    server.emit('connection', end);
    client.write('GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    client.resume();
    await once(client, 'end');
    expect(heard).toEqual([]);
    const asking = request({ port, path: '/health' });
    asking.end();
    const [response] = (await once(asking, 'response')) as [{ resume(): void }];
    response.resume();
    expect(heard).toEqual(['begin GET /health', 'leave']);
    await close(server);
  });
});
