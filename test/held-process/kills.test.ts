import type { Outcome } from '../../bench/load/load-client.cjs';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { request } from '../support/request.ts';
import { askByHttp, askByHttp2, sayByWebSocket, startAttempts } from './clients.ts';
import { FORGETFUL, HeldServer } from './held-server.ts';

afterEach(() => assertNoLeaks());

// A fifth of it is enough, unless many others want the processor.
const LIMIT_MS = 240_000;

describe('a server that is killed under 200 new connections a second', () => {
  it.each<[string, string, (port: number) => Promise<Outcome>, number]>([
    ['Express', 'express.cjs', askByHttp, 20],
    ['Fastify', 'fastify.cjs', askByHttp, 5],
    ['WebSockets', 'ws.cjs', sayByWebSocket, 5],
    ['HTTP/2', 'http2.cjs', askByHttp2, 5],
  ])(
    'refuses none, and loses only those it had accepted: %s',
    async (_name, file, ask, kills) => {
      const server = await HeldServer.start(file, FORGETFUL);
      const load = startAttempts(() => ask(server.port), 5);
      await server.killOften(kills, ask);
      const { ok = 0, reset = 0, '5xx': told = 0, ...others } = await load.end();
      await server.session.stop();
      expect(others).toEqual({});
      if (await server.session.wasSoonBack()) expect(told).toBe(0);
      expect(ok).toBeGreaterThan(kills * 10);
      expect(reset).toBeLessThanOrEqual(server.countLosable(kills));
    },
    LIMIT_MS,
  );
});

describe('a server that hangs', () => {
  it('fails those it had accepted; all others wait for its successor', async () => {
    const silence = ['heartbeat.silenceSeconds=1'];
    const server = await HeldServer.start('express.cjs', [...FORGETFUL, ...silence]);
    const load = startAttempts(() => askByHttp(server.port), 20);
    const hanging = askByHttp(server.port, '/hang');
    await server.session.event('hang.detected');
    await server.session.ready(2);
    expect(await hanging).toBe('reset');
    const { ok = 0, reset = 0, '5xx': told = 0, ...others } = await load.end();
    await server.session.stop();
    expect(others).toEqual({});
    if (await server.session.wasSoonBack()) expect(told).toBe(0);
    expect(ok).toBeGreaterThan(0);
    // One of them is the request that hung.
    expect(reset).toBeLessThanOrEqual(server.countLosable(1) - 1);
  });
});

describe('a server that closes its listener and listens again', () => {
  it('gets its own socket back at once, and so does the process after it', async () => {
    const server = await HeldServer.start('reopens.cjs', FORGETFUL);
    for (const generation of [1, 2]) {
      const { pid } = await server.session.ready(generation);
      const url = `http://127.0.0.1:${server.port}`;
      expect((await request(`${url}/reopen`)).body).toBe(String(pid));
      expect((await request(url)).body).toBe(String(pid));
      await server.kill(generation);
    }
    await server.session.ready(3);
    await server.session.stop();
  });
});
