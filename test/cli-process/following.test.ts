import { appendFile, rename } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { request } from '../support/request.ts';
import { type StartedChild, startChild, startNode } from '../support/start-child.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { type RunningSession, startSession } from './running-session.ts';

const CLI = resolve(__dirname, '../../dist/cli/main.js');

function follow(session: RunningSession, ...args: readonly string[]): StartedChild {
  return startNode([CLI, ...args], { cwd: session.folder });
}

/** Something happens until the follower tells it: from then on it follows for certain. */
async function awaitFollowing(session: RunningSession, child: StartedChild): Promise<void> {
  for (let value = 10; !/intervalSeconds is now/.test(child.output.text); value++)
    await session.run('set', 'polling.intervalSeconds', String(value));
}

describe('vigil events', () => {
  it('prints the last ones as lines of JSON, those of earlier runs included', async () => {
    const old = '{"type":"session.ended","at":"2020-01-02T03:04:05.678Z","seq":9,"generation":1}\n';
    const session = await startSession({ files: { '.vigil/shop/events.jsonl': old } });
    const { stdout } = await session.run('events', '--json');
    const types = stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { type: string }).type);
    expect(types.slice(0, 3)).toEqual(['session.ended', 'session.started', 'worker.forked']);
    expect(types).toContain('worker.ready');
    const last = await session.run('events', '-n', '2');
    expect(last.stdout.trimEnd().split('\n')).toHaveLength(2);
    expect(await session.run('events', '-n', '0')).toMatchObject({ code: 0, stdout: '' });
    await session.vigil.stop();
    await assertNoLeaks();
  });

  it('--follow tells each event once, from the past into what happens, and ends on Ctrl-C with 0', async () => {
    const session = await startSession();
    const all = follow(session, 'events', '-f', '--json');
    const fresh = follow(session, 'events', '-f', '-n', '0');
    await all.waitForLine(/worker\.ready/);
    await session.run('set', 'polling.intervalSeconds', '1');
    await session.run('set', 'polling.intervalSeconds', '2');
    await all.waitForLine(/"value":2/);
    all.kill('SIGINT');
    expect(await all.waitForExit()).toEqual({ code: 0, signal: null });
    const numbers = all.output.all.map(({ text }) => (JSON.parse(text) as { seq: number }).seq);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));

    await awaitFollowing(session, fresh);
    await session.vigil.stop();
    expect(await fresh.waitForExit()).toEqual({ code: 0, signal: null });
    expect(fresh.output.text).not.toMatch(/is ready/);
    await assertNoLeaks();
  });

  it('--follow says that the monitor was lost when it is killed, and ends with 69', async () => {
    const session = await startSession();
    const child = follow(session, 'events', '-f');
    await child.waitForLine(/is ready/);
    await awaitFollowing(session, child);
    session.vigil.child.kill('SIGKILL');
    expect(await child.waitForExit()).toEqual({ code: 69, signal: null });
    expect(child.output.text).toMatch(/ended before it had answered/);
    await assertNoLeaks();
  });

  it('is silent about a reader that has left', async () => {
    const folder = await makeTempDirectory({
      '.vigil/shop/events.jsonl':
        '{"type":"worker.forked","at":"2020-01-02T03:04:05.678Z","seq":9,"generation":1}\n'.repeat(
          20_000,
        ),
    });
    const command = `"${process.execPath}" "${CLI}" events --json -n 20000 | head -n 1`;
    const shell = startChild('bash', ['-o', 'pipefail', '-c', command], { cwd: folder });
    expect(await shell.waitForExit()).toEqual({ code: 0, signal: null });
    expect(shell.output.all).toHaveLength(1);
    await assertNoLeaks();
  });

  it('shows no secret of the environment', async () => {
    const session = await startSession({ env: { DB_PASSWORD: 'hunter2-hunter2' } });
    await session.ask('/throw');
    await session.vigil.events().waitFor('crash.reported');
    const { stdout } = await session.run('events', '--json');
    expect(stdout).toMatch(/boom \[DB_PASSWORD masked\]/);
    expect(stdout).not.toMatch(/hunter2/);
    await session.vigil.stop();
    await assertNoLeaks();
  });
});

describe('vigil logs', () => {
  it('prints the last lines of the server, as text and as lines of JSON', async () => {
    const session = await startSession();
    const lines = follow(session, 'logs', '-f');
    await lines.waitForLine(/hello/);
    await session.ask('/say/one');
    await session.ask('/say/two');
    await lines.waitForLine(/two/);
    expect(await session.run('logs', '-n', '2')).toMatchObject({ code: 0, stdout: 'one\ntwo\n' });
    expect(await session.run('logs', '-n', '2', '--json')).toMatchObject({
      code: 0,
      stdout: '{"line":"one"}\n{"line":"two"}\n',
    });
    lines.kill('SIGINT');
    expect(await lines.waitForExit()).toEqual({ code: 0, signal: null });
    await session.vigil.stop();
    await assertNoLeaks();
  });

  it('--follow misses nothing while the file is moved aside again and again', async () => {
    const session = await startSession({
      flags: ['--set=logs.maxBytes=20000', '--set=logs.keep=50'],
    });
    const lines = follow(session, 'logs', '-f', '--json');
    await lines.waitForLine(/hello/);
    await session.ask('/count/30000');
    await session.ask('/say/finished');
    await lines.waitForLine(/finished/);
    const told = lines.output.all.map(({ text }) => (JSON.parse(text) as { line: string }).line);
    const numbers = Array.from({ length: 30_000 }, (_, index) => `line ${index}`);
    expect(told).toEqual(['hello from the server', ...numbers, 'finished']);
    lines.kill('SIGINT');
    expect(await lines.waitForExit()).toEqual({ code: 0, signal: null });
    await session.vigil.stop();
    await assertNoLeaks();
  });

  it('--follow goes on when the session ends and is started again, and passes a line of 1 MB whole', async () => {
    const first = await startSession();
    const lines = follow(first, 'logs', '-f');
    await lines.waitForLine(/hello/);
    await first.ask('/long/1000000');
    await lines.waitForLine(/^x{1000000}$/);
    await first.vigil.stop();
    const second = await startSession({ folder: first.folder, isReady: false });
    const [, port] = await second.vigil.waitForLine(/listens on port (\d+)/);
    await request(`http://127.0.0.1:${String(port)}/say/again`);
    await lines.waitForLine(/^again$/);
    lines.kill('SIGINT');
    expect(await lines.waitForExit()).toEqual({ code: 0, signal: null });
    await second.vigil.stop();
    await assertNoLeaks();
  });

  it('--follow goes on through a rotation, and waits for a file that is not there yet', async () => {
    const folder = await makeTempDirectory({ '.vigil/shop/events.jsonl': '' });
    const file = join(folder, '.vigil/shop/server.log');
    const child = startNode([CLI, 'logs', '-f'], { cwd: folder });
    await appendFile(file, 'first\n');
    await child.waitForLine(/^first$/);
    await appendFile(file, 'last of the old\n');
    await rename(file, `${file}.1`);
    await appendFile(file, 'new\n');
    await child.waitForLine(/^new$/);
    child.kill('SIGTERM');
    expect(await child.waitForExit()).toEqual({ code: 0, signal: null });
    expect(child.output.all.map(({ text }) => text)).toEqual(['first', 'last of the old', 'new']);
    await assertNoLeaks();
  });
});
