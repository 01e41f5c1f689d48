import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { isAlive } from '../support/marked-processes.ts';
import { type Session, runServer } from './run-server.ts';

/** Has the monitor killed while its server is blocked, with nothing there to end that. */
async function leaveBehind(): Promise<{ session: Session; pids: number[] }> {
  const session = await runServer('parent.cjs', { args: ['server'], set: ['watchdog=false'] });
  const { pid } = await session.ready();
  const [, child] = await session.vigil.waitForLine(/level 1 pid (\d+)/);
  const [, grandchild] = await session.vigil.waitForLine(/level 0 pid (\d+)/);
  await session.act('/block');
  await session.vigil.waitForLine(/^blocked$/);
  session.vigil.child.kill('SIGKILL');
  // As long as it is dying it has the session still.
  await session.vigil.waitForExit();
  return { session, pids: [Number(pid), Number(child), Number(grandchild)] };
}

/** What a run that uses the same state directory says of those it finds. */
async function runAfter(session: Session): Promise<Session> {
  const flags = ['--state-dir', session.vigil.stateDirectory];
  const next = await runServer('acts.cjs', { flags });
  await next.vigil.waitForLine(/is ready after/);
  next.vigil.child.kill('SIGTERM');
  await next.vigil.waitForExit();
  return next;
}

describe('processes that an earlier run has left behind', () => {
  it('are named at the start, and end only by the hand of the operator', async () => {
    const { session, pids } = await leaveBehind();
    const next = await runAfter(session);
    const [told] = await next.ofType('session.leftovers');
    const processes = told?.['processes'] as { pid: number; command: string }[];
    expect(processes.map(({ pid }) => pid).sort()).toEqual([...pids].sort());
    expect(processes[0]?.command).toContain('parent.cjs');
    const line = next.vigil.lines.find((text) => text.includes('has left running'));
    for (const pid of pids) expect(line).toContain(`pid ${pid} (`);
    expect(pids.map(isAlive)).toEqual([true, true, true]);

    for (const pid of pids) process.kill(pid, 'SIGKILL');
    const last = await runAfter(session);
    expect(last.vigil.lines.filter((text) => text.includes('left running'))).toEqual([]);
    await assertNoLeaks();
  });

  it('are those of the same state directory only', async () => {
    const { pids } = await leaveBehind();
    const other = await runServer('acts.cjs');
    await other.ready();
    await other.stop();
    expect(await other.ofType('session.leftovers')).toEqual([]);
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await assertNoLeaks();
  });
});
