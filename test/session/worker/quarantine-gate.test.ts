import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { createQuarantineGate } from '../../../lib/session/worker/flight-recorder/quarantine-gate.ts';
import { tapRequests } from '../../../lib/session/worker/flight-recorder/request-tap.ts';
import { createPrivateConnection } from '../../../lib/session/worker/private-connection.ts';
import { ManualClock } from '../../../lib/testing/manual-clock.ts';

const ROUTE = 'GET /users/:id';
// However long the machine takes, no time passes.
const CLOCK = new ManualClock();

async function listen(server: Server, until: number): Promise<{ port: number; heard: string[] }> {
  const heard: string[] = [];
  tapRequests(server, {
    polledPath: () => null,
    gate: createQuarantineGate([{ route: ROUTE, until }], CLOCK),
    sink: { begin: (_owner, { url }) => heard.push(String(url)), leave: () => undefined },
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, heard };
}

async function ask(port: number, path: string): Promise<unknown> {
  const asking = request({ port, path, agent: false });
  asking.end();
  const [response] = (await once(asking, 'response')) as [
    { statusCode: number; headers: Record<string, string>; resume(): void },
  ];
  response.resume();
  await once(asking, 'close');
  return [response.statusCode, response.headers['retry-after']];
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}

describe('the gate of a quarantine', () => {
  it('answers 503 for the route, and nothing of it reaches the server', async () => {
    const server = createServer((_request, response) => response.end());
    const { port, heard } = await listen(server, CLOCK.now() + 9500);
    expect(await ask(port, '/users/17?a=b')).toEqual([503, '10']);
    expect(await ask(port, '/users')).toEqual([200, undefined]);
    expect(heard).toEqual(['/users']);
    await close(server);
  });

  it('opens by itself when the time is over', async () => {
    const server = createServer((_request, response) => response.end());
    const { port } = await listen(server, CLOCK.now());
    expect(await ask(port, '/users/17')).toEqual([200, undefined]);
    await close(server);
  });

  it('lets the polls through that come from inside the process', async () => {
    const server = createServer((_request, response) => response.end());
    const { heard } = await listen(server, CLOCK.now() + 9500);
    const { client, server: end } = createPrivateConnection();
    server.emit('connection', end);
    client.write('GET /users/1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    let answer = '';
    client.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    await once(client, 'end');
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
    expect(heard).toEqual(['/users/1']);
    await close(server);
  });

  it('answers over HTTP/2 as well', async () => {
    const server = createHttp2Server((_request, response) => response.end());
    const { port, heard } = await listen(server as unknown as Server, CLOCK.now() + 9500);
    const client = connectHttp2(`http://127.0.0.1:${String(port)}`);
    const stream = client.request({ ':path': '/users/17' });
    const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
    expect([headers[':status'], headers['retry-after']]).toEqual([503, '10']);
    stream.resume();
    await once(stream, 'close');
    client.close();
    expect(heard).toEqual([]);
    await close(server as unknown as Server);
  });

  it('is none without routes', () => {
    expect(createQuarantineGate([], CLOCK)).toBeNull();
  });
});
