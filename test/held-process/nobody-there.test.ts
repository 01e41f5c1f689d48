import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { startSteadyLoad } from '../support/steady-load.ts';
import { waitUntil } from '../support/wait-until.ts';
import { askByHttp, askByHttp2, sayByWebSocket, startAttempts } from './clients.ts';
import { FORGETFUL, HeldServer } from './held-server.ts';

afterEach(() => assertNoLeaks());

const REFUSAL = '503 with Retry-After';
// Longer than what is worth waiting for.
const LONG_BACKOFF = ['restart.backoff.baseSeconds=2.5', 'restart.backoff.jitter=0'];
const QUICK_BREAKER = ['restart.breaker.failures=2', 'restart.breaker.cooldownSeconds=3'];

async function answersWith(port: number, outcome: string): Promise<void> {
  await waitUntil(
    async () => ((await askByHttp(port)) === outcome ? true : undefined),
    () => `nobody answers ${outcome}`,
  );
}

/** The middle of the times that a hundred requests take, milliseconds. */
async function measureMedian(port: number): Promise<number> {
  const times: number[] = [];
  while (times.length < 100) {
    const startedAt = performance.now();
    expect(await askByHttp(port)).toBe('5xx');
    times.push(performance.now() - startedAt);
  }
  return times.sort((a, b) => a - b)[50] ?? 0;
}

describe('while the breaker is open', () => {
  it('every client is told at once to come again, and the first process that is ready serves', async () => {
    const server = await HeldServer.start('express.cjs', QUICK_BREAKER);
    server.breakVersions(true);
    const load = startSteadyLoad({ port: server.port });
    await server.kill(1);
    await server.session.event('breaker.opened');
    await answersWith(server.port, '5xx');
    expect(await measureMedian(server.port)).toBeLessThan(100);
    server.breakVersions(false);
    await server.session.event('breaker.closed');
    await answersWith(server.port, 'ok');
    const {
      200: ok,
      [REFUSAL]: told,
      ECONNRESET: lost = 0,
      ...others
    } = (await load.end()).outcomes;
    await server.session.stop();
    expect(others).toEqual({});
    expect([ok, told]).toEqual([expect.any(Number), expect.any(Number)]);
    expect(lost).toBeLessThanOrEqual(server.countLosable(1));
  });
});

describe('during a long backoff', () => {
  it.each([
    ['plain HTTP', 'express.cjs', askByHttp],
    ['WebSockets', 'ws.cjs', sayByWebSocket],
    ['HTTP/2', 'http2.cjs', askByHttp2],
  ])('clients are told to come again, and none is refused: %s', async (_name, file, ask) => {
    const server = await HeldServer.start(file, LONG_BACKOFF);
    await server.kill(1);
    // The first restart is immediate.
    await server.kill(2);
    const load = startAttempts(() => ask(server.port), 20);
    await server.session.ready(3);
    await waitUntil(
      async () => ((await ask(server.port)) === 'ok' ? true : undefined),
      () => 'nobody serves',
    );
    const { ok, '5xx': told, ...others } = await load.end();
    await server.session.stop();
    expect(others).toEqual({});
    expect([ok, told]).toEqual([expect.any(Number), expect.any(Number)]);
  });
});

describe('during a start that is slow after a death', () => {
  it('clients wait for two seconds, and are told to come again then', async () => {
    const server = await HeldServer.start('slow-later.cjs', FORGETFUL);
    const load = startSteadyLoad({ port: server.port }, 50);
    await server.kill(1);
    await server.session.ready(2);
    await answersWith(server.port, 'ok');
    const { outcomes } = await load.end();
    const { 200: _served, [REFUSAL]: told, ECONNRESET: lost = 0, ...others } = outcomes;
    await server.session.stop();
    expect(others).toEqual({});
    expect(told).toBeGreaterThan(0);
    expect(lost).toBeLessThanOrEqual(server.countLosable(1));
  });
});
