import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { runServer } from './run-server.ts';

describe('a hang without a stack', () => {
  it.each([
    [
      'in native code says so, and what it waits for',
      [],
      /inside native code, which waits \(state S\); its child processes: pid \d+ \(.*sleep 60\)$/,
    ],
    [
      'with the watchdog off says so',
      ['watchdog=false'],
      /^no stack was taken: the watchdog is off$/,
    ],
  ])('%s', async (_what, set, note) => {
    const session = await runServer('hangs.cjs', {
      set: ['heartbeat.silenceSeconds=1.5', ...set],
    });
    await session.ready();
    await session.act('/command/60');
    expect(await session.event('hang.detected')).toMatchObject({
      stack: null,
      place: null,
      note: expect.stringMatching(note),
    });
    expect(await session.exited()).toMatchObject({
      cause: 'hang',
      evidence: expect.arrayContaining([expect.stringMatching(note)]),
    });
    await session.ready(2);
    expect((await session.stop()).code).toBe(0);
    expect(session.reports()).toMatchObject([{ cause: 'hang', hangStack: null }]);
    await assertNoLeaks();
  });
});

describe('a loop that is stuck for less than the silence it is granted', () => {
  it('is told of once it turns again, and one that is only busy is not', async () => {
    const session = await runServer('hangs.cjs', { set: ['heartbeat.silenceSeconds=6'] });
    await session.ready();
    await session.act('/turn/2000');
    await session.get('/');
    expect(await session.ofType('loop.stalled')).toEqual([]);
    await session.act('/stall/3500');
    const stalled = await session.event('loop.stalled');
    expect(stalled).toMatchObject({
      stack: expect.stringMatching(/^ {4}at block \(\S*\/hangs\.cjs:20:\d+\)\n/),
      place: expect.stringMatching(/^block \(/),
      note: '',
    });
    expect(stalled['durationMs']).toBeGreaterThan(2900);
    await session.vigil.waitForLine(/warn: .* answered nobody for .*stuck in block/);
    expect((await session.stop()).code).toBe(0);
    expect(await session.ofType('hang.detected')).toEqual([]);
    expect(session.vigil.lines).not.toContain('the thread has ended');
    await assertNoLeaks();
  });

  it('in native code is not found paused by those who asked for its stack meanwhile', async () => {
    const session = await runServer('hangs.cjs', { set: ['heartbeat.silenceSeconds=6'] });
    await session.ready();
    await session.act('/command/3.5');
    // The stack is had after all when it is asked for at the moment at which the native code returns.
    const { stack, note } = await session.event('loop.stalled');
    expect(stack ?? note).toMatch(/hangs\.cjs:|^no JavaScript frame .* native code$/);
    expect(await session.get()).toMatchObject({ status: 200 });
    expect((await session.stop()).code).toBe(0);
    expect(await session.ofType('worker.forked')).toHaveLength(1);
    await assertNoLeaks();
  });
});
