import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { startProgram, type ProgramOptions, type StartedProgram } from './start-program.ts';

const watch = (mode: string, config: ProgramOptions['config'] = {}): Promise<StartedProgram> =>
  startProgram('watched.cjs', { args: [mode], config });

const ISO = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
const NUMBER = expect.any(Number);

afterEach(async () => {
  await assertNoLeaks();
});

describe('the status of a session', () => {
  it('has every key of the contract and no other, before, while and after a death', async () => {
    const program = await watch('status', { heartbeat: { intervalSeconds: 0.05 } });
    const common = {
      name: 'launched',
      monitorPid: program.child.pid,
      node: process.version,
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      mail: { configured: false, lastAcceptedAt: null, spooled: 0 },
      webhook: { configured: false, lastAcceptedAt: null, spooled: 0 },
      control: { http: null },
    };
    expect(await program.said('starting')).toEqual({
      ...common,
      startedAt: ISO,
      state: 'starting',
      worker: null,
      restarts: { total: 0, byCause: {} },
      breaker: { state: 'closed', score: 0, threshold: 1000, nextRetryAt: null },
      lastDeath: null,
    });
    const worker = {
      pid: NUMBER,
      generation: 1,
      state: 'ready',
      startedAt: ISO,
      readyAt: ISO,
      uptimeMs: NUMBER,
      port: NUMBER,
      rssBytes: NUMBER,
      loopLagMs: NUMBER,
      heartbeatAgeMs: NUMBER,
      lastPoll: { ok: true, latencyMs: NUMBER, at: ISO },
      pollFailures: 0,
    };
    expect(await program.said('running')).toEqual({
      ...common,
      startedAt: ISO,
      state: 'running',
      worker,
      restarts: { total: 0, byCause: {} },
      breaker: { state: 'closed', score: 0, threshold: 1000, nextRetryAt: null },
      lastDeath: null,
    });
    const { id } = await program.events.waitFor('crash.reported');
    expect(await program.said('again')).toMatchObject({
      worker: { generation: 2, state: 'ready' },
      restarts: { total: 1, byCause: { signal: 1 } },
      breaker: { state: 'closed', score: expect.closeTo(1, 1) },
      lastDeath: { cause: 'signal', code: null, signal: 'SIGKILL', at: ISO, reportId: id },
    });
    await program.stop();
  });
});

describe('ready()', () => {
  it('takes the place of the first good poll', async () => {
    const program = await watch('ready-early', { polling: { intervalSeconds: 60, route: '/' } });
    expect(await program.said('isFirstTime')).toBe(true);
    await program.stop();
  });

  it('is how a server without HTTP says it', async () => {
    const program = await watch('ready-without-http', { polling: false });
    expect(await program.said('isFirstTime')).toBe(true);
    expect(await program.stop()).toBe(0);
  });
});

describe('extendDeadline()', () => {
  it('gives a slow start its time', async () => {
    const program = await watch('slow-start', { startup: { deadlineSeconds: 0.6 } });
    expect(await program.events.waitFor('worker.ready')).toMatchObject({ generation: 1 });
    expect(await program.events.waitFor('worker.extendedDeadline')).toMatchObject({ ms: 10_000 });
    await program.stop();
  });

  it('without it, a start that slow has failed', async () => {
    const program = await watch('too-slow-start', {
      startup: { deadlineSeconds: 0.6 },
      restart: { policy: 'temporary' },
    });
    expect(await program.exitCode()).toBe(137);
    expect(await program.events.waitFor('worker.exited')).toMatchObject({ cause: 'start-timeout' });
  });

  const HEARTBEAT = { intervalSeconds: 0.05, silenceSeconds: 0.5 };

  it('gives a computation that blocks the loop its time', async () => {
    const program = await watch('long-work', { heartbeat: HEARTBEAT });
    expect(await program.said('worked')).toEqual({ results: ['done'] });
    await program.stop();
    expect((await program.events.all()).filter(({ type }) => type === 'hang.detected')).toEqual([]);
  });

  it('without it, such a computation is a hang', async () => {
    const program = await watch('unannounced-work', { heartbeat: HEARTBEAT });
    expect(await program.said('worked')).toBe('ERR_IPC_CLOSED');
    expect(await program.events.waitFor('worker.exited')).toMatchObject({ cause: 'hang' });
    await program.events.waitFor('worker.ready', ({ generation }) => generation === 2);
    await program.stop();
  });
});

describe('killSession of the server, not gracefully', () => {
  it('ends it at once with the given code and no exit handler of the server', async () => {
    const program = await watch('killed-by-server');
    expect(await program.exitCode()).toBe(9);
    expect(program.allSaid('handler')).toEqual([]);
    expect(await program.events.waitFor('session.ended')).toMatchObject({
      exitCode: 9,
      reason: expect.stringContaining('from within'),
    });
  });
});

describe('the hooks of the monitor', () => {
  it('call back once for each unexpected death and each ready process', async () => {
    const program = await startProgram('dies-often.cjs');
    await program.events.waitFor('worker.ready', ({ generation }) => generation === 5);
    await program.stop();
    expect(program.allSaid('crash')).toEqual([
      ['crash', 'RangeError', null, 1],
      ['rejection', 'Error', null, 2],
      ['exit', 'VigilError', 'ERR_CHILD_DIED', 3],
      ['signal', 'VigilError', 'ERR_CHILD_DIED', 4],
    ]);
    expect(program.allSaid('running')).toEqual([true, false, false, false, false]);
  });
});

describe('polling.get', () => {
  it.each([
    ['call', 'full'],
    ['subclass', 'body-only'],
    ['pollWith', 'full'],
  ])('of a %s polls with request-promise-native for %s answers', async (kind, how) => {
    const program = await startProgram('own-getter.cjs', { args: [kind, how] });
    expect(await program.said('polled')).toBe('/health');
    await program.events.waitFor('worker.ready');
    expect(await program.stop()).toBe(0);
  });

  it('sees the status in a StatusCodeError', async () => {
    const program = await startProgram('own-getter.cjs', { args: ['call', 'status'] });
    expect(await program.events.waitFor('poll.failed')).toMatchObject({
      reason: 'status 503, expected 200 to 299',
    });
    expect(await program.stop()).toBe(0);
  });

  it('sees the cause in a RequestError', async () => {
    const program = await startProgram('own-getter.cjs', { args: ['call', 'refused'] });
    expect(await program.events.waitFor('poll.failed')).toMatchObject({
      reason: expect.stringContaining('ECONNREFUSED'),
    });
    expect(await program.stop()).toBe(0);
  });
});
