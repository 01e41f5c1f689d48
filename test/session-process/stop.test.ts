import { once } from 'node:events';
import { connect } from 'node:net';
import type { ControlClient } from '../../lib/http/control-client.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { isAlive } from '../support/marked-processes.ts';
import { openControl } from '../support/open-control.ts';
import { startRequests } from './in-flight.ts';
import { type Session, runServer } from './run-server.ts';

const CLEAN = { code: 0, signal: null };

function control(session: Session): Promise<ControlClient> {
  return openControl(session.vigil.stateDirectory);
}

/** The pids of a family of three, the youngest first. */
async function pidsOfFamily(session: Session, generation: number): Promise<number[]> {
  const { pid } = await session.ready(generation);
  const youngest = await session.vigil.waitForLine(/level 0 pid (\d+)/);
  const middle = await session.vigil.waitForLine(/level 1 pid (\d+)/);
  return [Number(youngest[1]), Number(middle[1]), pid as number];
}

describe('an ending', () => {
  it('waits for requests no longer than the drain may take, then for signals, then kills', async () => {
    const session = await runServer('stubborn.cjs', {
      set: ['shutdown.drainSeconds=0.4', 'shutdown.exitHandlerSeconds=0.2'],
    });
    await session.ready();
    const { outcomes } = await startRequests(session, '/never', 3);
    expect(await session.stop()).toEqual(CLEAN);
    expect(new Set(await outcomes)).toEqual(new Set(['ECONNRESET']));
    const request = { method: 'GET', path: '/never', ageMs: expect.any(Number), atLeast: true };
    expect(await session.event('drain.finished')).toMatchObject({
      open: 3,
      requests: [request, request, request],
      moreRequests: 0,
    });
    await session.vigil.waitForLine(
      /drain gave up after .*: 3 requests open: GET \/never for at least \d+ ms, GET/,
    );
    expect(await session.exited()).toMatchObject({ cause: 'session-end', signal: 'SIGKILL' });
    // Once by the ending, once by the signal that follows when it has not ended.
    expect(session.vigil.lines.filter((line) => line === 'no')).toHaveLength(2);
    await assertNoLeaks();
  });

  it('waits for no connection that a browser has opened ahead and never used', async () => {
    const session = await runServer('acts.cjs');
    await session.ready();
    const socket = connect(Number(await session.port()), '127.0.0.1');
    const closed = once(socket, 'close');
    await once(socket, 'connect');
    // Connections are taken in order: once this is answered, the server has the other as well.
    await session.get('/');
    expect(await session.stop()).toEqual(CLEAN);
    await closed;
    expect(await session.event('drain.finished')).toMatchObject({ open: 0 });
    await assertNoLeaks();
  });

  it('of a server that is stopped by SIGSTOP wakes it, so that it can end in order', async () => {
    const session = await runServer('own-signals.cjs', { set: ['shutdown.drainSeconds=0.5'] });
    const { pid } = await session.ready();
    process.kill(pid as number, 'SIGSTOP');
    expect(await session.stop()).toEqual(CLEAN);
    expect(await session.exited()).toMatchObject({ cause: 'session-end', code: 0 });
    await assertNoLeaks();
  });

  it('of a server that hangs does not wait for its drain', async () => {
    const session = await runServer('acts.cjs', { set: ['heartbeat.silenceSeconds=1'] });
    await session.ready();
    await session.act('/hang');
    expect(await session.stop()).toEqual(CLEAN);
    expect(await session.exited()).toMatchObject({ cause: 'session-end', signal: 'SIGKILL' });
    await assertNoLeaks();
  });

  it('takes also a process with it whose environment says nothing of the server', async () => {
    const session = await runServer('hides.cjs');
    await session.ready();
    const [, pid] = await session.vigil.waitForLine(/^hidden (\d+)/);
    expect(await session.stop()).toEqual(CLEAN);
    expect(isAlive(Number(pid))).toBe(false);
    await assertNoLeaks();
  });

  it('takes every process with it that the server has started', async () => {
    const session = await runServer('family.cjs', {
      set: ['shutdown.drainSeconds=0.2', 'shutdown.exitHandlerSeconds=0.1'],
    });
    const pids = await pidsOfFamily(session, 1);
    expect(pids.map(isAlive)).toEqual([true, true, true]);
    expect(await session.stop()).toEqual(CLEAN);
    expect(pids.map(isAlive)).toEqual([false, false, false]);
    await assertNoLeaks();
  });

  it('while the server starts does not wait until it is ready', async () => {
    const session = await runServer('never-listens.cjs');
    await session.vigil.waitForLine(/^started/);
    expect(await session.stop()).toEqual(CLEAN);
    expect(await session.exited()).toMatchObject({ cause: 'session-end', expected: true });
    expect(await session.ofType('worker.ready')).toEqual([]);
    await assertNoLeaks();
  });

  it('while the server hangs at its start ends it all the same', async () => {
    const session = await runServer('spins-at-start.cjs', {
      set: ['heartbeat.silenceSeconds=0.5'],
    });
    await session.vigil.waitForLine(/^spinning/);
    expect(await session.stop()).toEqual(CLEAN);
    await assertNoLeaks();
  });

  it('while a restart waits cancels it', async () => {
    const session = await runServer('ends.cjs', {
      set: ['restart.backoff.baseSeconds=30'],
      args: ['3'],
    });
    await session.event('restart.scheduled', (event) => event['attempt'] === 1);
    const client = await control(session);
    expect(await client.request('GET', '/status')).toMatchObject({
      state: 'backingOff',
      worker: null,
    });
    expect(await session.stop()).toEqual(CLEAN);
    expect(await session.ofType('worker.forked')).toHaveLength(2);
    await assertNoLeaks();
  });

  it('while the breaker is open ends the session', async () => {
    const session = await runServer('ends.cjs', {
      set: ['restart.breaker.failures=0'],
      args: ['3'],
    });
    expect(await session.event('breaker.opened')).toMatchObject({ retryInMs: 300_000 });
    expect(await session.stop()).toEqual(CLEAN);
    expect(await session.ofType('worker.forked')).toHaveLength(1);
    await assertNoLeaks();
  });
});

describe('a crash', () => {
  it('takes every process with it that the server had started, and does not wait for them', async () => {
    const session = await runServer('family.cjs', {
      set: ['shutdown.drainSeconds=0.2', 'shutdown.exitHandlerSeconds=0.1'],
    });
    const pids = await pidsOfFamily(session, 1);
    await session.act('/exit');
    expect(await session.exited()).toMatchObject({ cause: 'exit', code: 9 });
    await session.ready(2);
    const forked = await session.event('worker.forked', 2);
    const leftovers = await session.event('worker.leftovers', 1);
    expect(leftovers).toMatchObject({ count: 2 });
    expect(leftovers.seq).toBeGreaterThan(forked.seq);
    expect(await session.stop()).toEqual(CLEAN);
    expect(pids.map(isAlive)).toEqual([false, false, false]);
    await assertNoLeaks();
  });

  it('is noticed although a process of the server holds its output open', async () => {
    const session = await runServer('holds-stderr.cjs');
    await session.ready();
    const [, pid] = await session.vigil.waitForLine(/^left (\d+)/);
    await session.act('/exit');
    await session.ready(2);
    await session.event('worker.leftovers', 1);
    expect(await session.stop()).toEqual(CLEAN);
    expect(isAlive(Number(pid))).toBe(false);
    await assertNoLeaks();
  });
});

describe('an order over the control socket', () => {
  it('(stop) drains, (stop with force) does not', async () => {
    const gentle = await runServer('acts.cjs');
    await gentle.ready();
    const ofGentle = await control(gentle);
    const served = await startRequests(gentle, '/slow/500');
    await ofGentle.request('POST', '/stop', { force: false });
    expect(await gentle.ended()).toEqual(CLEAN);
    expect(new Set(await served.outcomes)).toEqual(new Set([200]));

    const rough = await runServer('acts.cjs');
    await rough.ready();
    const ofRough = await control(rough);
    const cut = await startRequests(rough, '/slow/5000');
    await ofRough.request('POST', '/stop', { force: true });
    expect(await rough.ended()).toEqual(CLEAN);
    expect(new Set(await cut.outcomes)).toEqual(new Set(['ECONNRESET']));
    expect(await rough.ofType('drain.started')).toEqual([]);
    await assertNoLeaks();
  });

  it('(kill) ends the tree at once, with exit code 0', async () => {
    const session = await runServer('family.cjs');
    const pids = await pidsOfFamily(session, 1);
    const client = await control(session);
    await client.request('POST', '/kill');
    expect(await session.ended()).toEqual(CLEAN);
    expect(await session.exited()).toMatchObject({ signal: 'SIGKILL', cause: 'session-end' });
    expect(pids.map(isAlive)).toEqual([false, false, false]);
    await assertNoLeaks();
  });

  it('(restart) drains and starts a new process, which counts as a restart', async () => {
    const session = await runServer('acts.cjs');
    await session.ready();
    const client = await control(session);
    const { outcomes } = await startRequests(session, '/slow/500');
    const answer = await client.request('POST', '/restart', { force: false });
    expect(answer).toEqual({ generation: 2 });
    expect(new Set(await outcomes)).toEqual(new Set([200]));
    expect(await session.exited()).toMatchObject({ cause: 'manual', expected: true, code: 0 });
    expect(await client.request('GET', '/status')).toMatchObject({
      state: 'running',
      restarts: { total: 1, byCause: { manual: 1 } },
      breaker: { score: 0 },
    });
    expect(await session.stop()).toEqual(CLEAN);
    await assertNoLeaks();
  });

  it('(restart with force) kills and starts a new process', async () => {
    const session = await runServer('stubborn.cjs');
    await session.ready();
    const client = await control(session);
    const { outcomes } = await startRequests(session, '/never', 2);
    await client.request('POST', '/restart', { force: true });
    expect(await outcomes).toEqual(['ECONNRESET', 'ECONNRESET']);
    expect(await session.exited()).toMatchObject({ cause: 'manual', signal: 'SIGKILL' });
    await client.request('POST', '/kill');
    expect(await session.ended()).toEqual(CLEAN);
    await assertNoLeaks();
  });
});
