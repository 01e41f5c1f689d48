import { statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitUntil } from '../support/wait-until.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { openControl } from '../support/open-control.ts';
import { request } from '../support/request.ts';
import { runVigil } from '../support/spawn-vigil.ts';
import { startNode } from '../support/start-child.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { runServer } from './run-server.ts';

const CLI = join(__dirname, '../../dist/cli/main.js');
const SERVER = `require('node:http').createServer((q, r) => r.end()).listen(process.env.PORT);`;

describe('vigil run with bad words', () => {
  it.each([
    ['no entry', [], /needs the file to run/],
    ['an entry that is not there', ['nowhere.js'], /nowhere\.js.*does not exist/],
    ['a folder without index', ['folder'], /folder is a directory without an index\.js/],
    ['a flag that is unknown', ['server.js', '--prot', '1'], /--prot/],
    ['a flag without its value', ['server.js', '--port'], /--port/],
    ['words after the entry', ['server.js', 'x', 'y'], /x y.*after "--"/],
    ['a port that is no number', ['server.js', '--port', 'abc'], /--port.*abc/],
    ['a port that is too large', ['server.js', '--port', '65536'], /--port.*65536/],
    ['a policy that is unknown', ['server.js', '--policy', 'always'], /--policy.*always/],
    ['a log format that is unknown', ['server.js', '--log', 'xml'], /xml/],
    ['--set without a value', ['server.js', '--set', 'ports.server'], /ports\.server/],
    ['--set with an unknown key', ['server.js', '--set', 'poling=1'], /did you mean "polling"/],
    ['--set with a value of the wrong kind', ['server.js', '--set', 'standby=maybe'], /maybe/],
    ['--set of __proto__', ['server.js', '--set', '__proto__.x=1'], /__proto__/],
    ['a config file that is not there', ['server.js', '-c', 'nowhere.json'], /nowhere\.json/],
  ])('(%s) starts nothing and ends with 64', async (_what, words, said) => {
    const cwd = await makeTempDirectory({ 'server.js': SERVER, 'folder/other.js': '' });
    const run = await runVigil(['run', ...words], { cwd });
    expect(run).toMatchObject({ code: 64, stdout: '' });
    expect(run.stderr).toMatch(said);
    expect(run.stderr).toMatch(/^vigil: /);
    expect(run.stderr).not.toMatch(/\n\s+at /);
    await assertNoLeaks();
  });
});

describe('vigil run with a bad configuration', () => {
  it('ends with 78 and tells every problem with its place', async () => {
    const cwd = await makeTempDirectory({
      'server.js': SERVER,
      'session.config.json': [
        '{ // a comment is welcome',
        '  "ports": { "server": 70000 },',
        '  "poling": { "route": "/health" },',
        '  "restart": { "policy": "allways" }',
        '}',
      ].join('\n'),
    });
    const run = await runVigil(['run', 'server.js'], { cwd });
    expect(run).toMatchObject({ code: 78, stdout: '' });
    expect(run.stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/session\.config\.json:2:\d+: ports\.server: expected .* found 70000/),
      expect.stringMatching(/session\.config\.json:3:3: .*did you mean "polling"/),
      expect.stringMatching(/session\.config\.json:4:\d+: restart\.policy: .*"permanent"/),
    ]);
    await assertNoLeaks();
  });

  it.each([
    ['cut off', '{ "name": "x", ', /session\.config\.json:1:\d+/],
    ['empty', '', /session\.config\.json/],
    ['a list', '[]', /session\.config\.json:1:1/],
    ['of __proto__', '{"__proto__": {"name": "x"}}', /__proto__/],
    ['of constructor', '{"ports": {"constructor": 1}}', /constructor/],
  ])('(%s) ends with 78', async (_what, text, said) => {
    const cwd = await makeTempDirectory({ 'server.js': SERVER, 'session.config.json': text });
    const run = await runVigil(['run', 'server.js'], { cwd });
    expect(run).toMatchObject({ code: 78, stdout: '' });
    expect(run.stderr).toMatch(said);
    await assertNoLeaks();
  });
});

describe('a second monitor of one session', () => {
  it('ends with 73 and the pid of the first, which goes on', async () => {
    const first = await runServer('acts.cjs');
    await first.ready();
    const words = ['--port', '0', '--state-dir', first.vigil.stateDirectory];
    const second = await runVigil(['run', '../fixtures/session/acts.cjs', ...words], {
      cwd: __dirname,
    });
    expect(second).toMatchObject({ code: 73, stdout: '' });
    expect(second.stderr).toContain(String(first.vigil.pid));
    expect(await first.get()).toMatchObject({ status: 200 });
    expect(await first.stop()).toEqual({ code: 0, signal: null });
    await assertNoLeaks();
  });

  it('wins against any number of others that start at the same time', async () => {
    const directory = join(await makeTempDirectory(), 'state');
    const flags = ['--state-dir', directory];
    const sessions = await Promise.all([1, 2, 3, 4].map(() => runServer('acts.cjs', { flags })));
    const [winner] = sessions;
    const exits = sessions.map(async ({ vigil }) => (await vigil.waitForExit()).code);
    await winner?.ready();
    const running = await waitUntil(
      () => {
        const left = sessions.filter(({ vigil }) => vigil.child.process.exitCode === null);
        return left.length === 1 ? left : undefined;
      },
      () => 'more than one is still running',
    );
    for (const { vigil } of running) vigil.child.kill('SIGTERM');
    expect((await Promise.all(exits)).sort()).toEqual([0, 73, 73, 73]);
    await assertNoLeaks();
  });
});

describe('a state directory', () => {
  it('that cannot be made has nothing started', async () => {
    const cwd = await makeTempDirectory({ 'server.js': SERVER, file: '' });
    const run = await runVigil(['run', 'server.js', '--state-dir', 'file'], { cwd });
    expect(run).toMatchObject({ code: 78, stdout: '' });
    expect(run.stderr).toMatch(/state directory .*file/);
    const below = await runVigil(['run', 'server.js', '--state-dir', 'file/below'], { cwd });
    expect(below).toMatchObject({ code: 78, stdout: '' });
    await assertNoLeaks();
  });

  it('is made readable by its owner alone, where the session says', async () => {
    const cwd = await makeTempDirectory({ 'server.cjs': `console.log('hello');${SERVER}` });
    const words = ['run', 'server.cjs', '--port', '0', '--state-dir', 'a/b'];
    const child = startNode([CLI, ...words], { cwd });
    await child.waitForLine(/is ready/);
    await openControl(join(cwd, 'a/b'));
    const modeOf = (path: string): number => statSync(join(cwd, path)).mode & 0o777;
    const modes = [modeOf('a/b'), modeOf('a/b/control.sock')];
    child.kill('SIGTERM');
    expect(await child.waitForExit()).toEqual({ code: 0, signal: null });
    // What is written in its own time is whole by now.
    expect([...modes, modeOf('a/b/events.jsonl'), modeOf('a/b/server.log')]).toEqual([
      0o700, 0o600, 0o600, 0o600,
    ]);
    await assertNoLeaks();
  });

  it('in which nothing can be written keeps no session from being run', async () => {
    const state = join(await makeTempDirectory(), 'state');
    // In the place of each file stands a folder, of each folder a file.
    for (const name of ['events.jsonl', 'server.log', 'control.sock']) {
      await mkdir(join(state, name, 'occupied'), { recursive: true });
    }
    await writeFile(join(state, 'crashes'), '');
    const session = await runServer('acts.cjs', { flags: ['--state-dir', state] });
    const [, port] = await session.vigil.waitForLine(/listens on port (\d+)/);
    await session.vigil.waitForLine(/event log cannot be written/);
    await session.vigil.waitForLine(/control socket cannot be opened/);
    await request(`http://127.0.0.1:${port}/throw`).catch(() => undefined);
    await session.vigil.waitForLine(/crash report could not be kept/);
    await session.vigil.waitForLine(/#2, pid \d+ is ready/);
    session.vigil.child.kill('SIGTERM');
    expect(await session.vigil.waitForExit()).toEqual({ code: 0, signal: null });
    await assertNoLeaks();
  });
});
