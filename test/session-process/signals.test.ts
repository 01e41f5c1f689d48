import { join } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { findFreePorts } from '../support/free-ports.ts';
import { isAlive } from '../support/marked-processes.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { waitUntil } from '../support/wait-until.ts';
import { startLoad, startRequests } from './in-flight.ts';
import { runServer } from './run-server.ts';

const ALL_ANSWERED = Array.from({ length: 10 }, () => 200);
const CLEAN = { code: 0, signal: null };

describe('a signal to the monitor', () => {
  const cases = [
    ['SIGTERM', 'acts.cjs'],
    ['SIGINT', 'acts.cjs'],
    ['SIGTERM', 'own-signals.cjs'],
    ['SIGINT', 'own-signals.cjs'],
  ] as const;

  it.each(cases)('(%s) lets %s answer every request before it ends', async (signal, entry) => {
    const session = await runServer(entry);
    await session.ready();
    const { outcomes } = await startRequests(session, '/slow/700');
    session.vigil.child.kill(signal);
    await session.event('drain.started');
    expect(await outcomes).toEqual(ALL_ANSWERED);
    expect(await session.ended()).toEqual(CLEAN);
    expect(await session.event('drain.finished')).toMatchObject({ open: 0 });
    expect(await session.exited()).toMatchObject({ cause: 'session-end', phase: 'draining' });
    if (entry === 'own-signals.cjs') {
      const said = session.vigil.lines.filter((line) => line.startsWith('own '));
      expect(said).toEqual([
        expect.stringMatching(new RegExp(`^own ${signal} handler, \\d+ answered`)),
      ]);
      expect(Number(/, (\d+)/.exec(said[0] ?? '')?.[1])).toBeGreaterThanOrEqual(20);
    }
    await assertNoLeaks();
  });

  it.each(['acts.cjs', 'own-signals.cjs'])(
    'that the whole process group gets, as from Ctrl-C, lets %s answer every request',
    async (entry) => {
      const session = await runServer(entry, { detached: true });
      await session.ready();
      const { outcomes } = await startRequests(session, '/slow/1200');
      process.kill(-session.vigil.pid, 'SIGINT');
      expect(await outcomes).toEqual(ALL_ANSWERED);
      expect(await session.ended()).toEqual(CLEAN);
      expect(await session.ofType('worker.exited')).toMatchObject([{ cause: 'session-end' }]);
      const said = session.vigil.lines.filter((line) => line.startsWith('own '));
      expect(said).toHaveLength(entry === 'own-signals.cjs' ? 1 : 0);
      await assertNoLeaks();
    },
  );

  it('ends the session at once with 130 when it is the second SIGINT', async () => {
    const session = await runServer('stubborn.cjs');
    const { pid } = await session.ready();
    const { outcomes } = await startRequests(session, '/never');
    session.vigil.child.kill('SIGINT');
    await session.event('drain.started');
    session.vigil.child.kill('SIGINT');
    expect(await session.ended()).toEqual({ code: 130, signal: null });
    expect(new Set(await outcomes)).toEqual(new Set(['ECONNRESET']));
    expect(isAlive(pid as number)).toBe(false);
    await assertNoLeaks();
  });

  it('(SIGTERM) twice still drains', async () => {
    const session = await runServer('own-signals.cjs');
    await session.ready();
    const { outcomes } = await startRequests(session, '/slow/500');
    session.vigil.child.kill('SIGTERM');
    await session.event('drain.started');
    session.vigil.child.kill('SIGTERM');
    expect(await outcomes).toEqual(ALL_ANSWERED);
    expect(await session.ended()).toEqual(CLEAN);
    await assertNoLeaks();
  });

  it('(SIGHUP) replaces the server by a successor that is ready, and loses no request', async () => {
    const session = await runServer('acts.cjs');
    const first = await session.ready();
    const { outcomes } = await startRequests(session, '/slow/700');
    session.vigil.child.kill('SIGHUP');
    await session.event('reload.started');
    const second = await session.ready(2);
    expect(await session.exited(1)).toMatchObject({ cause: 'reload', expected: true });
    expect(await outcomes).toEqual(ALL_ANSWERED);
    await session.event('reload.succeeded');
    expect(JSON.parse((await session.get()).body)).toMatchObject({ pid: second['pid'] });
    expect(second['pid']).not.toBe(first['pid']);
    expect(await session.stop()).toEqual(CLEAN);
    expect((await session.exited(1)).seq).toBeGreaterThan(second.seq);
    expect(await session.ofType('restart.scheduled')).toEqual([]);
    await assertNoLeaks();
  });

  it('(SIGHUP) loses no request of clients that go on over the same connections', async () => {
    const port = String(await findFreePorts());
    const session = await runServer('acts.cjs', { port });
    await session.ready();
    const load = await startLoad(session);
    for (const generation of [2, 3]) {
      session.vigil.child.kill('SIGHUP');
      await session.event('reload.succeeded', generation);
    }
    const outcomes = await load.end();
    expect(outcomes.filter((outcome) => outcome !== 200)).toEqual([]);
    expect(outcomes.length).toBeGreaterThan(10);
    expect(await session.stop()).toEqual(CLEAN);
    await assertNoLeaks();
  });

  it('(SIGHUP) while no server is ready says why nothing is reloaded', async () => {
    const session = await runServer('never-listens.cjs');
    await session.event('worker.forked');
    session.vigil.child.kill('SIGHUP');
    await session.vigil.waitForLine(/reload refused: no server process is ready/);
    await session.stop();
    await assertNoLeaks();
  });

  it('(SIGHUP) leaves the server as it is when its successor does not become ready', async () => {
    const counter = join(await makeTempDirectory(), 'starts');
    const session = await runServer('ends.cjs', { args: ['serve,3,serve', counter] });
    const { pid } = await session.ready();
    session.vigil.child.kill('SIGHUP');
    expect(await session.event('reload.rolledBack')).toMatchObject({
      reason: expect.stringContaining('exit'),
    });
    expect(await session.get()).toMatchObject({ status: 200 });
    expect(isAlive(pid as number)).toBe(true);
    expect(await session.stop()).toEqual(CLEAN);
    expect(await session.ofType('restart.scheduled')).toEqual([]);
    expect(session.reports()).toEqual([
      expect.objectContaining({ nextAction: { kind: 'keep', delayMs: null } }),
    ]);
    await assertNoLeaks();
  });
});

describe('a signal to the server alone', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    '(%s) reaches its own handler, and the session starts it again',
    async (signal) => {
      const session = await runServer('own-signals.cjs');
      const { pid } = await session.ready();
      process.kill(pid as number, signal);
      await session.vigil.waitForLine(new RegExp(`own ${signal} handler`));
      expect(await session.exited()).toMatchObject({ cause: 'clean-exit', expected: false });
      await session.ready(2);
      expect(await session.stop()).toEqual(CLEAN);
      await assertNoLeaks();
    },
  );
});

describe('a monitor that is killed', () => {
  it.each(['cluster', 'child'])('leaves no server process behind (%s)', async (serverProcess) => {
    const session = await runServer('acts.cjs', { set: [`serverProcess=${serverProcess}`] });
    const { pid } = await session.ready();
    session.vigil.child.kill('SIGKILL');
    await waitUntil(
      () => (isAlive(pid as number) ? undefined : true),
      () => 'the server is still there',
      3000,
    );
    await assertNoLeaks();
  });

  it('leaves a state directory that the next one takes over', async () => {
    const session = await runServer('acts.cjs');
    await session.ready();
    session.vigil.child.kill('SIGKILL');
    await session.vigil.waitForExit();
    const next = await runServer('acts.cjs', {
      flags: ['--state-dir', session.vigil.stateDirectory],
    });
    await next.vigil.waitForLine(/is ready after/);
    next.vigil.child.kill('SIGTERM');
    expect(await next.vigil.waitForExit()).toEqual(CLEAN);
    await assertNoLeaks();
  });
});
