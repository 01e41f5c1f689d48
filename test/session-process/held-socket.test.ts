import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSteadyLoad, type SteadyLoad } from '../support/steady-load.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { waitUntil } from '../support/wait-until.ts';
import { startLoad } from './in-flight.ts';
import { runServer, type Session } from './run-server.ts';

// Each death counts as the first one, so that each restart is immediate.
const FORGETFUL = ['restart.breaker.halfLifeSeconds=0.05'];

const TOLD = '503 with Retry-After';

afterEach(async () => {
  await assertNoLeaks();
});

/** Kills one process after the other; gives how many requests were under way then, and may be lost with them. */
async function killOften(
  session: Session,
  times: number,
  loads: readonly SteadyLoad[],
): Promise<number> {
  let losable = 0;
  for (let generation = 1; generation <= times; generation += 1) {
    const ready = await session.ready(generation);
    // What had waited in the queue for this process is answered by then.
    await session.get('/');
    process.kill(Number(ready['pid']), 'SIGKILL');
    losable += loads.reduce((sum, load) => sum + load.underWay, 0);
    await session.exited(generation);
  }
  await session.ready(times + 1);
  return losable;
}

/** Quick restarts may be over before many have been asked. */
async function waitForAnswers({ report }: SteadyLoad, count: number): Promise<void> {
  await waitUntil(
    () => ((report.outcomes['200'] ?? 0) > count ? true : undefined),
    () => `no more than ${count} answers: ${JSON.stringify(report.outcomes)}`,
  );
}

describe('a server whose socket is held', () => {
  it.each([
    ['a cluster worker', [], 'acts.cjs'],
    ['a plain child', ['serverProcess="child"'], 'acts.cjs'],
    ['a server with a cluster of its own', ['serverProcess="child"'], 'own-cluster.cjs'],
  ])(
    'refuses no connection while it is killed and started again, as %s',
    async (_kind, set, file) => {
      const session = await runServer(file, { set: [...FORGETFUL, ...set] });
      const load = startSteadyLoad({ port: Number(await session.port()) });
      const losable = await killOften(session, 5, [load]);
      await waitForAnswers(load, 100);
      const { outcomes } = await load.end();
      // A request that the dead process had accepted is lost with it; none is refused.
      const { 200: good = 0, ECONNRESET: lost = 0, [TOLD]: told = 0, ...others } = outcomes;
      expect(others).toEqual({});
      if (await session.wasSoonBack()) expect(told).toBe(0);
      expect(good).toBeGreaterThan(100);
      expect(lost).toBeLessThanOrEqual(losable);
      await session.stop();
    },
  );

  it('keeps its port when it asks for any, its unix socket, and every further port', async () => {
    const DOORS = await makeTempDirectory();
    const session = await runServer('three-doors.cjs', { env: { DOORS }, set: FORGETFUL });
    await session.ready();
    const [, any] = await session.vigil.waitForLine(/any port: (\d+)/);
    const socketPath = join(DOORS, 'door.sock');
    await session.vigil.waitForLine(/unix socket: open/);
    const loads = [startSteadyLoad({ port: Number(any) }), startSteadyLoad({ socketPath })];
    const losable = await killOften(session, 2, loads);
    for (const load of loads) await waitForAnswers(load, 20);
    const reports = await Promise.all(loads.map((load) => load.end()));
    let allLost = 0;
    for (const { outcomes } of reports) {
      const { 200: good = 0, ECONNRESET: lost = 0, [TOLD]: told = 0, ...others } = outcomes;
      expect([others, good > 20]).toEqual([{}, true]);
      if (await session.wasSoonBack()) expect(told).toBe(0);
      allLost += lost;
    }
    expect(allLost).toBeLessThanOrEqual(losable);
    await session.stop();
    expect(existsSync(socketPath)).toBe(false);
  });

  it('loses no request of kept connections while it is reloaded again and again', async () => {
    const session = await runServer('acts.cjs');
    await session.ready();
    const kept = await startLoad(session);
    const fresh = startSteadyLoad({ port: Number(await session.port()) });
    for (let generation = 2; generation <= 4; generation += 1) {
      session.vigil.child.kill('SIGHUP');
      await session.event('reload.succeeded', (event) => event['generation'] === generation);
    }
    expect(new Set(await kept.end())).toEqual(new Set([200]));
    expect(Object.keys((await fresh.end()).outcomes)).toEqual(['200']);
    await session.stop();
  });

  it('serves on, without an error, while a broken version fails to take over', async () => {
    const DOORS = await makeTempDirectory();
    const session = await runServer('three-doors.cjs', { env: { DOORS } });
    await session.ready();
    const load = startSteadyLoad({ port: Number(await session.port()) });
    writeFileSync(join(DOORS, 'broken'), '');
    session.vigil.child.kill('SIGHUP');
    const { reason } = await session.event('reload.rolledBack');
    expect(reason).toMatch(/this version is broken/);
    expect(Object.keys((await load.end()).outcomes)).toEqual(['200']);
    await session.stop();
  });

  it('has its clients told to come again while the breaker is open, and then serves them', async () => {
    const DOORS = await makeTempDirectory();
    const session = await runServer('three-doors.cjs', {
      env: { DOORS },
      set: ['restart.breaker.failures=2', 'restart.breaker.cooldownSeconds=3'],
    });
    const ready = await session.ready();
    writeFileSync(join(DOORS, 'broken'), '');
    process.kill(Number(ready['pid']), 'SIGKILL');
    await session.event('breaker.opened');
    const load = startSteadyLoad({ port: Number(await session.port()) }, 20);
    rmSync(join(DOORS, 'broken'));
    await session.event('breaker.closed');
    await session.get('/');
    const { outcomes } = await load.end();
    expect(Object.keys(outcomes).sort()).toEqual(['200', '503 with Retry-After']);
    await session.stop();
  });

  it('gives a port up when the server itself closes it', async () => {
    const session = await runServer('acts.cjs', { set: ['polling=false'] });
    await session.ready();
    const port = await session.port();
    await session.act('/close');
    // The monitor hears of it a moment later; until then clients wait in the queue of the socket.
    await waitUntil(
      async () => {
        const outcome = await session.get('/').catch((error: NodeJS.ErrnoException) => error.code);
        return outcome === 'ECONNREFUSED' ? true : undefined;
      },
      () => `port ${port} is not given up`,
    );
    await session.stop();
  });
});

describe('socket.hold: false', () => {
  it('leaves listening to Node', async () => {
    const session = await runServer('acts.cjs', { set: ['socket.hold=false'] });
    await session.ready();
    expect((await session.get('/')).status).toBe(200);
    await session.stop();
  });
});
