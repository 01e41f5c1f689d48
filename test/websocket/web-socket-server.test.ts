import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { WebSocketConnection } from '../../lib/websocket/web-socket-connection.ts';
import { type WebSocketLimits, WebSocketServer } from '../../lib/websocket/web-socket-server.ts';
import { ManualClock } from '../../lib/util/manual-clock.ts';
import { createDeferred } from '../../lib/util/deferred.ts';

let http: Server;
let server: WebSocketServer;
let clock: ManualClock;
const accepted: WebSocketConnection[] = [];
const raw: Socket[] = [];
let arrival = createDeferred<WebSocketConnection>();

beforeEach(async () => {
  clock = new ManualClock();
  http = createServer();
  await open({});
});

afterEach(async () => {
  for (const connection of accepted.splice(0)) connection.terminate();
  for (const socket of raw.splice(0)) socket.destroy();
  await server.close();
  http.close();
  await once(http, 'close');
});

describe('WebSocketServer', () => {
  it('chooses its own protocol among those offered, and passes messages both ways', async () => {
    const client = dial(['secret.abc', 'live']);
    const connection = await arrival.promise;
    const text = createDeferred<string>();
    connection.handle({ onText: text.resolve });
    client.on('open', () => {
      client.send('from the client');
    });
    expect(await text.promise).toBe('from the client');
    connection.send(Buffer.from('from the server'));
    const [data, isBinary] = (await once(client, 'message')) as [Buffer, boolean];
    expect([client.protocol, String(data), isBinary]).toEqual(['live', 'from the server', false]);
    client.terminate();
  });

  it('refuses one connection more than allowed with 503, and counts it', async () => {
    await open({ maxConnections: 1 });
    const first = dial();
    await arrival.promise;
    const second = dial();
    const [error] = (await once(second, 'error')) as [Error];
    expect(error.message).toContain('503');
    expect([server.size, server.refused]).toEqual([1, 1]);
    first.terminate();
  });

  it('ends a connection whose message is too long, with code 1009', async () => {
    await open({ maxMessageBytes: 100 });
    const client = dial();
    await once(client, 'open');
    client.send('x'.repeat(101));
    const [code] = (await once(client, 'close')) as [number];
    expect(code).toBe(1009);
  });

  it('tells text from binary', async () => {
    const client = dial();
    const connection = await arrival.promise;
    const kind = createDeferred<string>();
    connection.handle({
      onText: () => {
        kind.resolve('text');
      },
      onBinary: () => {
        kind.resolve('binary');
      },
    });
    client.on('open', () => {
      client.send(Buffer.from('x'));
    });
    expect(await kind.promise).toBe('binary');
    client.terminate();
  });

  it('answers a request that is no handshake with an error', async () => {
    const socket = await dialRaw(
      'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
    const [data] = (await once(socket, 'data')) as [Buffer];
    expect(String(data)).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(server.size).toBe(0);
  });

  it('gives a connection up that does not answer a ping, and keeps one that does', async () => {
    const living = dial();
    const connection = await arrival.promise;
    arrival = createDeferred();
    await dialSilent();
    const silent = await arrival.promise;
    const ended = createDeferred();
    silent.handle({
      onClose: () => {
        ended.resolve();
      },
    });
    const pong = once(living, 'ping');
    clock.advance(15_000);
    await pong;
    // The answer to the ping is on its way before this message.
    const later = createDeferred();
    connection.handle({
      onText: () => {
        later.resolve();
      },
    });
    living.send('after the pong');
    await later.promise;
    clock.advance(15_000);
    await ended.promise;
    expect(server.size).toBe(1);
    living.terminate();
  });

  it('sends no more to a client that reads nothing than it may queue, and says when there is room', async () => {
    const client = dial();
    const connection = await arrival.promise;
    await once(client, 'open');
    client.pause();
    const block = 'x'.repeat(64 * 1024);
    let sent = 0;
    // The operating system takes some of it as well, how much is its own affair.
    while (connection.send(block)) {
      sent += 1;
      if (sent % 10 === 0) await new Promise(setImmediate);
    }
    expect(connection.refused).toBe(1);
    expect(connection.isReady()).toBe(false);
    const ready = createDeferred();
    connection.handle({
      onReady: () => {
        ready.resolve();
      },
    });
    let received = 0;
    client.on('message', () => (received += 1));
    client.resume();
    await ready.promise;
    expect(connection.isReady()).toBe(true);
    connection.send('last');
    await once(client, 'message');
    client.terminate();
  });

  it('sends everybody away with code 1001 when it closes, and takes nobody after', async () => {
    const client = dial();
    await arrival.promise;
    await once(client, 'open');
    const closed = server.close();
    const [code] = (await once(client, 'close')) as [number];
    await closed;
    expect(code).toBe(1001);
    const late = dial();
    const [error] = (await once(late, 'error')) as [Error];
    expect(error.message).toContain('503');
  });

  it('ends at its deadline although a client does not take the close', async () => {
    await dialSilent();
    await arrival.promise;
    const closed = server.close();
    clock.advance(1000);
    await closed;
    expect(server.size).toBe(0);
  });

  it('leaves no timer when the last one is gone', async () => {
    const client = dial();
    await arrival.promise;
    await once(client, 'open');
    expect(clock.waiting).toBe(1);
    const connection = accepted[0];
    const gone = createDeferred();
    connection?.handle({
      onClose: () => {
        gone.resolve();
      },
    });
    client.close();
    await gone.promise;
    expect([server.size, clock.waiting]).toEqual([0, 0]);
  });
});

async function open(limits: Partial<WebSocketLimits>): Promise<void> {
  if (http.listening) {
    http.close();
    await once(http, 'close');
  }
  http = createServer();
  arrival = createDeferred();
  server = new WebSocketServer({ clock, protocol: 'live', limits });
  http.on('upgrade', (request, socket, head) => {
    server.accept([request, socket, head], (connection) => {
      accepted.push(connection);
      arrival.resolve(connection);
    });
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
}

function dial(protocols: string[] = []): WebSocket {
  const { port } = http.address() as AddressInfo;
  const client = new WebSocket(`ws://127.0.0.1:${String(port)}/`, protocols);
  client.on('error', () => undefined);
  return client;
}

async function dialRaw(text: string): Promise<Socket> {
  const { port } = http.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  raw.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}

/** A client that shakes hands and then never says anything. */
async function dialSilent(): Promise<void> {
  const key = 'dGhlIHNhbXBsZSBub25jZQ==';
  const head = `Host: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n`;
  const socket = await dialRaw(`GET / HTTP/1.1\r\n${head}\r\n`);
  await once(socket, 'data');
}
