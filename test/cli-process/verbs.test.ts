import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { isAlive } from '../support/marked-processes.ts';
import { startSession } from './running-session.ts';

interface Status {
  readonly state: string;
  readonly monitorPid: number;
  readonly worker: { readonly generation: number; readonly pid: number };
}

describe('a verb on a running session', () => {
  it('status shows the state, as a text of 80 columns and as one document', async () => {
    const session = await startSession();
    const text = await session.run('status');
    expect(text).toMatchObject({ code: 0, stderr: '' });
    expect(text.stdout).toMatch(/^session +shop: running$/m);
    expect(text.stdout.split('\n').every((line) => line.length <= 80)).toBe(true);
    const json = JSON.parse((await session.run('status', '--json')).stdout) as Status;
    expect(json).toMatchObject({ name: 'shop', state: 'running', monitorPid: session.vigil.pid });
    expect(await session.vigil.stop()).toEqual({ code: 0, signal: null });
    await assertNoLeaks();
  });

  it('restart replaces the process, with --force by SIGKILL, and waits for the new one', async () => {
    const session = await startSession();
    const before = await session.vigil.status<Status>();
    const drained = await session.run('restart');
    expect(drained).toMatchObject({ code: 0, stdout: 'restarted: server #2 is ready\n' });
    const forced = await session.run('restart', '--force', '--json');
    expect(forced.code).toBe(0);
    expect(JSON.parse(forced.stdout)).toEqual({ generation: 3 });
    const events = session.vigil.events();
    // The log is written a moment after the command is answered.
    await events.waitFor('worker.ready', ({ generation }) => generation === 3);
    const exits = (await events.all()).filter(({ type }) => type === 'worker.exited');
    expect(exits).toMatchObject([
      { cause: 'manual', signal: null, pid: before.worker.pid },
      { cause: 'manual', signal: 'SIGKILL' },
    ]);
    expect(isAlive(before.worker.pid)).toBe(false);
    await session.vigil.stop();
    await assertNoLeaks();
  });

  it('reload tells success with 0, a roll-back with 1 and one in progress with 75', async () => {
    const session = await startSession();
    expect(await session.run('reload')).toMatchObject({ code: 0, stdout: 'reload succeeded\n' });

    await writeFile(join(session.folder, 'fail'), '');
    const rolledBack = await session.run('reload');
    expect(rolledBack.code).toBe(1);
    expect(rolledBack.stdout).toMatch(/^rolled back: ./);
    const json = await session.run('reload', '--json');
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: false });
    await rm(join(session.folder, 'fail'));

    await writeFile(join(session.folder, 'wait'), '');
    const before = (await session.vigil.events().all()).length;
    const slow = session.run('reload');
    await session.vigil.events().waitFor('reload.started', ({ seq }) => seq > before);
    const second = await session.run('reload');
    expect(second).toMatchObject({ code: 75, stdout: '' });
    expect(second.stderr).toMatch(/already in progress/);
    await rm(join(session.folder, 'wait'));
    expect(await slow).toMatchObject({ code: 0 });
    await session.vigil.stop();
    await assertNoLeaks();
  });

  it('set changes an option, and refuses an unknown or unfit one with 64', async () => {
    const session = await startSession();
    const good = await session.run('set', 'polling.intervalSeconds', '0.5');
    expect(good).toMatchObject({ code: 0, stdout: 'polling.intervalSeconds is now 0.5\n' });
    expect(await session.vigil.events().waitFor('config.changed')).toMatchObject({ value: 0.5 });
    const unknown = await session.run('set', 'polling.intervalSecond', '1');
    expect(unknown).toMatchObject({ code: 64, stdout: '' });
    expect(unknown.stderr).toMatch(/did you mean "intervalSeconds"/);
    const unfit = await session.run('set', 'polling.intervalSeconds', '-1');
    expect(unfit.code).toBe(64);
    expect((await session.run('set', 'polling.intervalSeconds')).code).toBe(64);
    await session.vigil.stop();
    await assertNoLeaks();
  });

  it('test-alert says that no mail is configured, and fails', async () => {
    const session = await startSession();
    const run = await session.run('test-alert');
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toMatch(/set "mail" in the configuration/);
    await session.vigil.stop();
    await assertNoLeaks();
  });
});

describe('a verb that ends the session', () => {
  it.each([
    ['stop', [], 'stopped', null],
    ['stop', ['--force'], 'stopped', null],
    ['kill', [], 'killed', 'SIGKILL'],
  ] as const)(
    '%s %j returns once the monitor and its server are gone',
    async (verb, flags, done, signal) => {
      const session = await startSession();
      const { worker } = await session.vigil.status<Status>();
      const run = await session.run(verb, ...flags);
      const alive = [session.vigil.pid, worker.pid].filter(isAlive);
      expect(alive).toEqual([]);
      expect(run).toMatchObject({
        code: 0,
        stdout: `${done}: session "shop", monitor pid ${session.vigil.pid}\n`,
      });
      expect(await session.vigil.waitForExit()).toEqual({ code: 0, signal: null });
      if (signal !== null) {
        const exited = await session.vigil.events().waitFor('worker.exited');
        expect(exited).toMatchObject({ signal, cause: 'session-end' });
      }
      await assertNoLeaks();
    },
  );

  it('stop --json prints one document', async () => {
    const session = await startSession();
    const run = await session.run('stop', '--json');
    expect(JSON.parse(run.stdout)).toEqual({
      stopped: true,
      name: 'shop',
      monitorPid: session.vigil.pid,
    });
    await session.vigil.waitForExit();
    await assertNoLeaks();
  });

  it('stop may come while the monitor has only just been started', async () => {
    const session = await startSession({ isReady: false, files: { wait: '' } });
    await session.vigil.waitForLine(/started, monitor pid/);
    const runs = await Promise.all([session.run('stop'), session.run('stop')]);
    expect(runs.map(({ code }) => code)).toContain(0);
    expect(runs.every(({ code }) => code === 0 || code === 69)).toBe(true);
    expect(await session.vigil.waitForExit()).toEqual({ code: 0, signal: null });
    await assertNoLeaks();
  });
});
