import { type Load, startKeepAlive, startNewConnections } from '../../bench/load/load-client.cjs';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { askByHttp2, sayByWebSocket, startAttempts } from './clients.ts';
import { HeldServer } from './held-server.ts';

afterEach(() => assertNoLeaks());

// A fifth of it is enough, unless many others want the processor.
const LIMIT_MS = 240_000;

const GOOD = { late: 0, '5xx': 0, refused: 0, reset: 0, other: 0 };

/** Clients that stay, and clients that come and go. */
function startBoth(port: number): Load[] {
  return [startKeepAlive({ port }, { connections: 8 }), startNewConnections({ port })];
}

async function expectNoFailure(loads: readonly Load[]): Promise<void> {
  for (const load of loads) {
    const { ok, ...others } = (await load.end()).counts;
    expect(others).toEqual(GOOD);
    expect(ok).toBeGreaterThan(10);
  }
}

async function reloadOften({ session }: HeldServer, times: number): Promise<void> {
  for (let reload = 1; reload <= times; reload += 1) {
    session.vigil.child.kill('SIGHUP');
    await session.event('reload.succeeded', reload + 1);
  }
}

describe('a reload under load', () => {
  it.each([
    ['Express, 50 times in a row', 'express.cjs', 50],
    ['Fastify', 'fastify.cjs', 3],
    ['an app that is well only once it listens', 'healthy-when-listening.cjs', 3],
  ])(
    'fails no request: %s',
    async (_name, file, times) => {
      const server = await HeldServer.start(file);
      const loads = startBoth(server.port);
      await reloadOften(server, times);
      await expectNoFailure(loads);
      await server.session.stop();
    },
    LIMIT_MS,
  );

  it.each([
    ['WebSockets', 'ws.cjs', sayByWebSocket],
    ['HTTP/2', 'http2.cjs', askByHttp2],
  ])('fails nobody who comes meanwhile: %s', async (_name, file, ask) => {
    const server = await HeldServer.start(file);
    const load = startAttempts(() => ask(server.port), 10);
    await reloadOften(server, 3);
    expect(Object.keys(await load.end())).toEqual(['ok']);
    await server.session.stop();
  });

  it('to a version that crashes at its start fails no request and is rolled back', async () => {
    const server = await HeldServer.start('express.cjs');
    const loads = startBoth(server.port);
    server.breakVersions(true);
    const { code, stdout } = await server.session.vigil.vigil('reload');
    expect([code, stdout]).toEqual([1, expect.stringMatching(/^rolled back: /)]);
    const { reason } = await server.session.event('reload.rolledBack');
    expect(reason).toMatch(/this version is broken/);
    await expectNoFailure(loads);
    expect((await server.session.vigil.status<{ worker: object }>()).worker).toMatchObject({
      generation: 1,
    });
    await server.session.stop();
  });
});
