import { startProgram, type StartedProgram } from '../launch-process/start-program.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { isAlive } from '../support/marked-processes.ts';
import { openControl } from '../support/open-control.ts';
import { waitUntil } from '../support/wait-until.ts';
import { runServer, type Session } from './run-server.ts';

async function statusOf(session: Session): Promise<unknown> {
  return (await openControl(session.vigil.stateDirectory)).request('GET', '/status');
}

/** What it says comes on another way than what its session tells. */
function saidTwice(program: StartedProgram, name: string): Promise<unknown[]> {
  return waitUntil(
    () => (program.allSaid(name).length >= 2 ? program.allSaid(name) : undefined),
    () => `${name} was not said twice`,
  );
}

const STANDBY = ['standby=true'];

describe('a spare of a server that is started unmodified', () => {
  it.each(['cluster', 'child'])(
    'listens on nothing, and serves at once when the server dies (%s)',
    async (kind) => {
      const session = await runServer('acts.cjs', {
        set: [...STANDBY, `serverProcess=${kind}`],
      });
      const { pid } = await session.ready();
      const { pid: spare } = await session.event('standby.ready', 2);
      for (let i = 0; i < 20; i++) {
        const { body } = await session.get('/pid', { headers: { connection: 'close' } });
        expect((JSON.parse(body) as { pid: number }).pid).toBe(pid);
      }
      expect(await statusOf(session)).toMatchObject({
        worker: { pid, state: 'ready' },
        standby: { pid: spare, ready: true },
      });
      process.kill(pid as number, 'SIGKILL');
      const { pid: promoted } = await session.event('standby.promoted');
      expect(promoted).toBe(spare);
      const { body } = await session.get('/pid');
      expect((JSON.parse(body) as { pid: number }).pid).toBe(spare);
      await session.ready(2);
      await session.event('standby.ready', 3);
      expect(await session.ofType('restart.scheduled')).toMatchObject([{ delayMs: 0 }]);
      expect(await session.stop()).toMatchObject({ code: 0 });
      await assertNoLeaks();
    },
  );

  it('is replaced with the server by a reload, and dies with the session', async () => {
    const session = await runServer('acts.cjs', { set: STANDBY });
    await session.ready();
    const { pid: first } = await session.event('standby.ready', 2);
    session.vigil.child.kill('SIGHUP');
    await session.event('reload.succeeded');
    const { pid: second } = await session.event('standby.ready', 4);
    expect(isAlive(first as number)).toBe(false);
    expect(isAlive(second as number)).toBe(true);
    expect(await session.stop()).toMatchObject({ code: 0 });
    await assertNoLeaks();
  });

  it('is not kept where the monitor does not hold the socket, and that is said', async () => {
    const session = await runServer('acts.cjs', { set: [...STANDBY, 'socket.hold=false'] });
    await session.ready();
    await session.vigil.waitForLine(/not held.*no spare process is kept/);
    await session.stop();
    expect(await session.ofType('worker.forked')).toHaveLength(1);
    await assertNoLeaks();
  });
});

describe('a spare of a server that calls launch', () => {
  it('has done all but its work, which begins when the server dies', async () => {
    const program = await startProgram('standby.cjs', { config: { standby: true } });
    const { pid } = await program.events.waitFor('worker.ready');
    const { pid: spare } = await program.events.waitFor('standby.ready');
    expect(await saidTwice(program, 'initialized')).toEqual([pid, spare]);
    expect(program.allSaid('working')).toEqual([pid]);
    process.kill(pid as number, 'SIGKILL');
    await program.events.waitFor('worker.ready', ({ generation }) => generation === 2);
    expect(await saidTwice(program, 'working')).toEqual([pid, spare]);
    const { pid: next } = await program.events.waitFor(
      'standby.ready',
      ({ generation }) => generation === 3,
    );
    expect(await program.stop()).toBe(0);
    expect(program.allSaid('handler')).toEqual(
      expect.arrayContaining([
        { pid: spare, reason: true },
        { pid: next, reason: true },
      ]),
    );
    await assertNoLeaks();
  });
});
