import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { runServer } from './run-server.ts';
import { StandInNotify } from './stand-in-notify.ts';

afterEach(async () => {
  await assertNoLeaks();
});

describe('a monitor that a service manager has started', () => {
  it('tells it of readiness, reload, signs of life and the end, and the server of nothing', async () => {
    const notify = await StandInNotify.make();
    const env = { ...notify.env, WATCHDOG_USEC: '400000' };
    const session = await runServer('tells-manager.cjs', { env });
    const { sender } = await notify.waitFor(/^READY=1$/);
    expect(sender).toBe(session.vigil.pid);
    expect(JSON.parse((await session.get()).body)).toEqual([null, null, null]);
    const { pid } = await session.ready();
    await notify.waitFor(new RegExp(`^STATUS=running: server #1, pid ${String(pid)}, port `));
    await notify.waitFor(/^WATCHDOG=1$/);
    session.vigil.child.kill('SIGHUP');
    await notify.waitFor(/^MONOTONIC_USEC=\d{6,}$/, ({ variables }) =>
      variables.includes('RELOADING=1'),
    );
    await session.event('reload.succeeded');
    await notify.waitFor(/^STATUS=running: server #2/);
    await session.act('/exit');
    await session.ready(3);
    await notify.waitFor(/^STATUS=running: server #3, .*; 1 restart$/);
    expect(notify.ofName('READY')).toEqual(['READY=1', 'READY=1']);
    expect(await session.stop()).toEqual({ code: 0, signal: null });
    await notify.waitFor(/^STOPPING=1$/);
  });

  it('names the monitor that takes its place before it ends, which then says all of it', async () => {
    const notify = await StandInNotify.make();
    const old = await runServer('tells-manager.cjs', {
      env: { ...notify.env, WATCHDOG_USEC: '400000' },
    });
    await notify.waitFor(/^WATCHDOG=1$/);
    // Of the watchdog only the first process is told.
    const successor = await runServer('tells-manager.cjs', {
      env: notify.env,
      flags: ['--state-dir', old.vigil.stateDirectory, '--take-over'],
    });
    const { pid } = successor.vigil;
    expect((await old.vigil.waitForExit()).code).toBe(0);
    const named = await notify.waitFor(new RegExp(`^MAINPID=${pid}$`));
    expect(named.sender).toBe(old.vigil.pid);
    await notify.waitFor(/^READY=1$/, ({ sender }) => sender === pid);
    await notify.waitFor(/^WATCHDOG=1$/, ({ sender }) => sender === pid);
    expect(notify.all.filter(({ sender }) => sender === old.vigil.pid).at(-1)).toEqual(named);
    expect(notify.ofName('STOPPING')).toEqual([]);
    await successor.vigil.stop();
    await notify.waitFor(/^STOPPING=1$/, ({ sender }) => sender === pid);
  });

  it('warns once where systemd-notify is missing, and keeps its server all the same', async () => {
    const nowhere = await makeTempDirectory();
    const env = { NOTIFY_SOCKET: join(nowhere, 'notify'), WATCHDOG_USEC: '100000', PATH: nowhere };
    const session = await runServer('tells-manager.cjs', { env });
    const warning =
      /warn: the service manager \(NOTIFY_SOCKET\) is not told: systemd-notify cannot/;
    await session.vigil.waitForLine(warning);
    await session.ready();
    await session.act('/exit');
    await session.ready(2);
    await session.stop();
    expect(session.vigil.lines.filter((line) => warning.test(line))).toHaveLength(1);
    expect(existsSync(env.NOTIFY_SOCKET)).toBe(false);
  });
});
