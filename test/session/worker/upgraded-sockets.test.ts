import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { upgradedOf } from '../../../lib/session/worker/upgraded-sockets.ts';
import { watchUpgrades } from '../../../lib/session/worker/watch-upgrades.ts';
import { systemClock } from '../../../lib/util/clock.ts';
import { waitForEvent } from '../../support/wait-for-event.ts';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

async function startServer(prepare: (server: Server) => void): Promise<Server> {
  const server = createServer((_request, response) => response.end('as any other'));
  servers.push(server);
  prepare(server);
  server.listen(0, '127.0.0.1');
  await waitForEvent(server, 'listening');
  return server;
}

/** What the server first says to a client that asks for another protocol. */
async function askForTea(server: Server): Promise<string> {
  const { port } = server.address() as AddressInfo;
  const client = connect(port, '127.0.0.1');
  client.write('GET /pot HTTP/1.1\r\nHost: tea\r\nConnection: Upgrade\r\nUpgrade: tea\r\n\r\n');
  const [text] = await waitForEvent(client, 'data');
  client.destroy();
  return String(text).split('\r\n', 1)[0] ?? '';
}

const pour = (_request: unknown, socket: NodeJS.WritableStream): void => {
  socket.write('HTTP/1.1 101 Poured\r\n\r\n');
};

describe('the account of upgraded connections', () => {
  it('is kept of a server that listens for upgrades already, or only later', async () => {
    const early = await startServer((server) => {
      server.on('upgrade', pour);
      watchUpgrades(server, systemClock);
    });
    const late = await startServer((server) => {
      watchUpgrades(server, systemClock);
      server.on('upgrade', pour);
    });
    for (const server of [early, late]) {
      const closed = waitForEvent(server, 'upgrade').then(([, socket]) =>
        waitForEvent(socket as never, 'close'),
      );
      const { port } = server.address() as AddressInfo;
      const client = connect(port, '127.0.0.1');
      client.write(
        'GET /pot?a HTTP/1.1\r\nHost: tea\r\nConnection: Upgrade\r\nUpgrade: tea\r\n\r\n',
      );
      await waitForEvent(client, 'data');
      expect(upgradedOf([server]).map((one) => one.describe(systemClock.now()))).toEqual([
        { method: 'GET', path: '/pot', ageMs: expect.any(Number), upgraded: true },
      ]);
      client.destroy();
      upgradedOf([server])[0]?.destroy();
      await closed;
      expect(upgradedOf([server])).toEqual([]);
    }
  });

  it('lets Node answer as it does a server that does not listen for upgrades', async () => {
    const server = await startServer((made) => {
      watchUpgrades(made, systemClock);
    });
    expect(await askForTea(server)).toBe('HTTP/1.1 200 OK');
    expect(server.listenerCount('upgrade')).toBe(0);
  });

  it('is given up with the last listener of the server, and taken up again with the next', async () => {
    const server = await startServer((made) => {
      watchUpgrades(made, systemClock);
      made.once('upgrade', pour);
    });
    expect(server.listenerCount('upgrade')).toBe(2);
    expect(await askForTea(server)).toBe('HTTP/1.1 101 Poured');
    expect(server.listenerCount('upgrade')).toBe(0);
    server.on('upgrade', pour).on('upgrade', pour);
    expect(server.listenerCount('upgrade')).toBe(3);
    server.removeAllListeners('upgrade');
    expect(server.listenerCount('upgrade')).toBe(0);
    expect(await askForTea(server)).toBe('HTTP/1.1 200 OK');
  });
});
