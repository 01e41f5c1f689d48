import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { fixture, runServer } from './run-server.ts';

const CLEAN = { code: 0, signal: null };

describe('the watchdog thread', () => {
  it('is hidden from the server, loads nothing of it, and lets it end by itself', async () => {
    const session = await runServer('threads.cjs', {
      env: { NODE_OPTIONS: `--require ${fixture('names-threads.cjs')}` },
      set: ['restart.policy=temporary', 'polling=false'],
    });
    await session.ready();
    await session.act('/thread');
    expect(await session.ended()).toEqual(CLEAN);
    expect(await session.exited()).toMatchObject({ cause: 'clean-exit' });
    const count = (text: string): number =>
      session.vigil.lines.filter((line) => line === text).length;
    expect(count('told of a thread')).toBe(1);
    expect(count('loaded in a thread')).toBe(1);
    await assertNoLeaks();
  });

  it('is done without where Node allows no thread, which is said once', async () => {
    const flags = [
      '--experimental-permission',
      '--allow-fs-read=*',
      '--allow-fs-write=*',
      '--allow-child-process',
      '--no-warnings',
    ].map((flag) => `--node-arg=${flag}`);
    const session = await runServer('acts.cjs', { flags });
    await session.ready();
    await session.vigil.waitForLine(/warn: the watchdog thread cannot run/);
    expect(await session.get()).toMatchObject({ status: 200 });
    expect(await session.stop()).toEqual(CLEAN);
    expect(session.vigil.lines.filter((line) => line.includes('watchdog'))).toHaveLength(1);
    await assertNoLeaks();
  });
});
