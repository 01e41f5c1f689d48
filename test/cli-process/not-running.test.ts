import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { type VigilRun, runVigil } from '../support/spawn-vigil.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const NEEDS_A_SESSION = [
  'status',
  'status --json',
  'restart',
  'reload',
  'stop',
  'stop --force',
  'kill',
  'set polling.intervalSeconds 1',
  'console',
  'test-alert',
];

function run(cwd: string, ...args: readonly string[]): Promise<VigilRun> {
  return runVigil(args, { cwd });
}

describe('a session that is not running', () => {
  it.each(NEEDS_A_SESSION)('is told by vigil %s with exit code 69', async (words) => {
    const folder = await makeTempDirectory({ 'package.json': `{"name":"shop"}` });
    const { code, stdout, stderr } = await run(folder, ...words.split(' '));
    expect({ code, stdout }).toEqual({ code: 69, stdout: '' });
    expect(stderr).toMatch(/^vigil: the session "shop" is not running: /);
    await assertNoLeaks();
  });

  it('leaves events, crashes and logs to its state directory', async () => {
    const folder = await makeTempDirectory({
      'session.config.json': '{"name":"shop"}',
      '.vigil/shop/events.jsonl':
        '{"type":"session.started","at":"2026-01-02T03:04:05.678Z","seq":1,"generation":0,"name":"shop","monitorPid":7}\nrubbish\n{"type":"some.new","at":"2026-01-02T03:04:06.000Z","seq":2,"generation":1,"x":1}\n',
      '.vigil/shop/server.log': 'one\ntwo\nthree\n',
    });
    const events = await run(folder, 'events');
    expect(events).toMatchObject({
      code: 0,
      stdout:
        '2026-01-02T03:04:05Z session "shop" started, monitor pid 7\n2026-01-02T03:04:06Z some.new {"generation":1,"x":1}\n',
      stderr: 'vigil: 1 line of the event log could not be read: left out\n',
    });
    const json = await run(folder, 'events', '--json', '-n', '1');
    expect(JSON.parse(json.stdout)).toMatchObject({ type: 'some.new', seq: 2 });
    const followed = await run(folder, 'events', '-f', '-n', '1');
    expect(followed).toMatchObject({ code: 0 });
    expect(followed.stderr).toMatch(/there is nothing to follow/);
    expect(await run(folder, 'logs', '-n', '2')).toMatchObject({ code: 0, stdout: 'two\nthree\n' });
    expect(await run(folder, 'crashes', 'list', '--json')).toMatchObject({
      code: 0,
      stdout: '[]\n',
    });
    expect((await run(folder, 'crashes')).stderr).toMatch(/no crash reports/);
    await assertNoLeaks();
  });

  it('is found by its folder when it is the only one that was run there', async () => {
    const folder = await makeTempDirectory({
      'package.json': `{"name":"shop"}`,
      '.vigil/other/events.jsonl': '',
    });
    expect((await run(folder, 'status')).stderr).toMatch(/session "other" is not running/);
    await mkdir(join(folder, '.vigil/third'));
    await writeFile(join(folder, '.vigil/third/events.jsonl'), '');
    const several = await run(folder, 'status');
    expect(several.code).toBe(69);
    expect(several.stderr).toMatch(
      /session "shop" is not running.*\n.*were run here: other, third/,
    );
    const named = await run(folder, 'status', '--name', 'third');
    expect(named.stderr).toMatch(/session "third" is not running/);
    await assertNoLeaks();
  });
});
