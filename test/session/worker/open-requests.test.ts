import { Agent, createServer, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OpenRequests } from '../../../lib/session/worker/open-requests.ts';
import { systemClock } from '../../../lib/util/clock.ts';
import { waitForEvent } from '../../support/wait-for-event.ts';

const SYMBOL = 'http.server.connections';
let server: Server;
let agent: Agent;

beforeEach(async () => {
  agent = new Agent({ keepAlive: true });
  server = createServer((request, response) => {
    if (request.url === '/') response.end();
  });
  server.listen(0, '127.0.0.1');
  await waitForEvent(server, 'listening');
});

afterEach(() => {
  agent.destroy();
  server.close();
  server.closeAllConnections();
});

async function ask(path: string): Promise<void> {
  const { port } = server.address() as AddressInfo;
  const arrived = waitForEvent(
    server,
    'request',
    (request: { url: string }) => request.url === path,
  );
  get({ port, path, agent }, (response) => response.resume()).on('error', () => undefined);
  await arrived;
}

describe('the requests that a drain waits for', () => {
  it('are the open ones, with the age of each that began during the drain', async () => {
    await ask('/');
    await ask('/before?a=1');
    const requests = new OpenRequests([server], systemClock);
    await ask('/during');
    const age = expect.any(Number);
    expect(requests.list()).toEqual({
      requests: [
        { method: 'GET', path: '/before', ageMs: age, atLeast: true },
        { method: 'GET', path: '/during', ageMs: age },
      ],
      moreRequests: 0,
    });
  });

  it('are not more than 20, and the others are counted', async () => {
    for (let index = 0; index < 23; index += 1) await ask(`/${index}`);
    const { requests, moreRequests } = new OpenRequests([server], systemClock).list();
    expect([requests.length, moreRequests]).toEqual([20, 3]);
  });

  it.each([undefined, {}, { all: 7 }])(
    'are not known by name where the list of Node is %p',
    async (list) => {
      await ask('/before');
      const symbol = Object.getOwnPropertySymbols(server).find(
        ({ description }) => description === SYMBOL,
      );
      const holder = server as unknown as Record<symbol, unknown>;
      const kept = holder[symbol as symbol];
      holder[symbol as symbol] = list;
      try {
        expect(new OpenRequests([server], systemClock).list()).toEqual({
          requests: [],
          moreRequests: 0,
        });
      } finally {
        holder[symbol as symbol] = kept;
      }
    },
  );
});
