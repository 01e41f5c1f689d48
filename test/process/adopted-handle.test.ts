import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { adoptProcess } from '../../lib/process/handles/adopted-handle.ts';
import { readStartTime } from '../../lib/process/process-tree.ts';
import { ManualClock } from '../../lib/testing/manual-clock.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { TEST_MARKER } from '../support/marked-processes.ts';

// Keeps what it starts from outliving the test, as that file's other imports do.
import '../support/start-child.ts';

const UNKNOWN = { code: null, signal: null, spawnError: null };

afterEach(async () => {
  await assertNoLeaks();
});

async function start() {
  const clock = new ManualClock();
  const value = randomUUID();
  const child = spawn('sleep', ['60'], {
    env: { PATH: process.env['PATH'], ...TEST_MARKER, VIGIL_TEST_ADOPTED: value },
    stdio: 'ignore',
    detached: true,
  });
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  return {
    clock,
    child,
    pid,
    marker: `VIGIL_TEST_ADOPTED=${value}`,
    startTime: readStartTime(pid),
  };
}

async function end(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

describe('the handle of a process that somebody else has started', () => {
  it('looks now and then, and settles when the process is gone', async () => {
    const { clock, child, pid, marker, startTime } = await start();
    const handle = adoptProcess({ clock, pid, startTime, marker });
    let fact: unknown = 'none yet';
    void handle.exit.then((found) => (fact = found));
    clock.advance(1000);
    await Promise.resolve();
    expect(fact).toBe('none yet');
    expect(handle.identity).toEqual({ pid, startTime, host: null });
    await end(child);
    clock.advance(200);
    await handle.exit;
    expect(fact).toEqual(UNKNOWN);
    expect(clock.waiting).toBe(0);
  });

  it('signals the process that it is', async () => {
    const { clock, child, pid, marker, startTime } = await start();
    const handle = adoptProcess({ clock, pid, startTime, marker });
    const exited = once(child, 'exit');
    expect(await handle.signalTree('SIGTERM')).toBe(1);
    expect(await exited).toEqual([null, 'SIGTERM']);
    clock.advance(200);
    expect(await handle.exit).toEqual(UNKNOWN);
  });

  it.each([
    ['was started at another time', '1'],
    ['cannot be told from another', null],
  ])('never touches a process with its pid that %s', async (_, startTime) => {
    const { clock, child, pid } = await start();
    const handle = adoptProcess({ clock, pid, startTime, marker: 'VIGIL_TEST_ADOPTED=another' });
    expect(await handle.exit).toEqual(UNKNOWN);
    expect(await handle.signalTree('SIGKILL')).toBe(0);
    expect([child.exitCode, child.signalCode]).toEqual([null, null]);
    expect(clock.waiting).toBe(0);
    await end(child);
  });
});
