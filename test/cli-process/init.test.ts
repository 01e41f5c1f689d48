import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { type VigilRun, runVigil } from '../support/spawn-vigil.ts';
import { startChild } from '../support/start-child.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { waitForEvent } from '../support/wait-for-event.ts';

const PROJECT = {
  'package.json':
    '{\n\t"name": "@acme/shop",\n\t"scripts": {\n\t\t"start": "node --enable-source-maps api.js"\n\t},\n\t"dependencies": {"fastify": "5"}\n}\n',
  'api.js': 'app.listen({ port: process.env.PORT || 8123 })\n',
};

function run(cwd: string, ...args: readonly string[]): Promise<VigilRun> {
  return runVigil(['init', ...args], { cwd });
}

describe('vigil init', () => {
  it('writes a configuration that is valid and an npm script, and changes nothing the second time', async () => {
    const cwd = await makeTempDirectory(PROJECT);
    const first = await run(cwd);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(/^found: api\.js, Fastify, port 8123$/m);
    const config = await readFile(join(cwd, 'session.config.json'), 'utf8');
    expect(JSON.parse(config)).toEqual({
      $schema: './node_modules/server-vigil/session.config.schema.json',
      name: 'shop',
      ports: { server: 8123 },
      control: { http: { port: expect.any(Number) } },
    });
    const { port } = JSON.parse(config).control.http;
    const steps = first.stdout.slice(first.stdout.indexOf('Now:'));
    expect(steps).toMatch(/^ {2}npm run vigil {2,}starts the server/m);
    expect(steps).toContain(`  http://127.0.0.1:${port}/  `);
    expect(steps).toMatch(/^ {2}cat \.vigil\/shop\/session\.key /m);
    const manifest = await readFile(join(cwd, 'package.json'), 'utf8');
    expect(manifest).toMatch(/^\t\t"vigil": "vigil run api\.js --node-arg=--enable-source-maps"$/m);
    expect((await runVigil(['check'], { cwd })).code).toBe(0);

    const second = await run(cwd, '--json');
    expect(second.code).toBe(0);
    expect(JSON.parse(second.stdout)).toMatchObject({
      entry: 'api.js',
      framework: 'Fastify',
      port: 8123,
      dashboard: `http://127.0.0.1:${port}/`,
      files: [{ action: 'unchanged' }, { action: 'unchanged' }],
    });
    await assertNoLeaks();
  });

  it('keeps the sessions, and their keys, out of git', async () => {
    const cwd = await makeTempDirectory({ ...PROJECT, '.gitignore': 'node_modules' });
    expect((await run(cwd)).code).toBe(0);
    const ignored = 'node_modules\n.vigil/\n';
    expect(await readFile(join(cwd, '.gitignore'), 'utf8')).toBe(ignored);
    expect((await run(cwd)).code).toBe(0);
    expect(await readFile(join(cwd, '.gitignore'), 'utf8')).toBe(ignored);
    await assertNoLeaks();
  });

  it('chooses another port for the dashboard when the usual one is taken', async () => {
    const cwd = await makeTempDirectory({ ...PROJECT, '.env': 'PORT=9777\n' });
    const { stdout } = await run(cwd, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ port: 9777 });
    expect(stdout).not.toContain('127.0.0.1:9777');
    await assertNoLeaks();
  });

  it('overwrites nothing without --force', async () => {
    const own = '// mine\n{}\n';
    const cwd = await makeTempDirectory({ ...PROJECT, 'session.config.json': own });
    const kept = await run(cwd);
    expect(kept.code).toBe(1);
    expect(kept.stderr).toMatch(/kept: --force replaces it/);
    expect(await readFile(join(cwd, 'session.config.json'), 'utf8')).toBe(own);
    expect((await run(cwd, '--force')).code).toBe(0);
    expect(await readFile(join(cwd, 'session.config.json'), 'utf8')).not.toBe(own);
    await assertNoLeaks();
  });

  it('asks on a terminal before it overwrites', async () => {
    const cwd = await makeTempDirectory({ ...PROJECT, 'session.config.json': '{}' });
    const cli = join(__dirname, '../../dist/cli/main.js');
    for (const [answer, isReplaced] of [
      ['\u0003', false],
      ['n', false],
      ['y', true],
    ] as const) {
      const command = `"${process.execPath}" "${cli}" init`;
      const terminal = startChild('script', ['-qec', command, '/dev/null'], { cwd });
      // The question ends no line, and before it a Ctrl-C would still be a signal.
      const { stdout } = terminal.process;
      if (stdout === null) throw new Error('its output is not read');
      await waitForEvent(stdout, 'data', (text: string) => text.includes('[y/N]'));
      terminal.write(answer);
      expect((await terminal.waitForExit()).code).toBe(isReplaced ? 0 : 1);
      expect(terminal.output.text).toMatch(/ - \{\}[^]* \+ {3}"name": "shop",/);
      const config = await readFile(join(cwd, 'session.config.json'), 'utf8');
      expect(config !== '{}').toBe(isReplaced);
    }
    await assertNoLeaks();
  });

  it('says that it finds no entry file, and writes nothing', async () => {
    const cwd = await makeTempDirectory({ 'package.json': '{"name":"shop","main":"gone.js"}' });
    const none = await run(cwd);
    expect(none.code).toBe(64);
    expect(none.stderr).toMatch(/no entry file found/);
    await expect(readFile(join(cwd, 'session.config.json'))).rejects.toThrow('ENOENT');
    await writeFile(join(cwd, 'late.js'), '');
    expect((await run(cwd, 'late.js')).code).toBe(0);
    expect((await run(cwd, 'other.js')).code).toBe(64);
    await assertNoLeaks();
  });

  it('--systemd prints a unit and writes nothing', async () => {
    const cwd = await makeTempDirectory(PROJECT);
    const unit = await run(cwd, '--systemd');
    expect(unit).toMatchObject({ code: 0, stderr: '' });
    expect(unit.stdout).toMatch(/^ExecStart=\S*node \S+main\.js run api\.js .*--no-repl$/m);
    expect(unit.stdout).toMatch(/^Type=notify\nNotifyAccess=all$/m);
    expect(unit.stdout).toMatch(/^ExecReload=\S*node \S+main\.js reload$/m);
    expect(unit.stdout).toMatch(new RegExp(`^WorkingDirectory=${cwd}$`, 'm'));
    await expect(readFile(join(cwd, 'session.config.json'))).rejects.toThrow('ENOENT');
    await assertNoLeaks();
  });

  it('--systemd --socket prints a socket unit for the port it knows, and needs one', async () => {
    const cwd = await makeTempDirectory(PROJECT);
    const { stdout } = await run(cwd, '--systemd', '--socket');
    expect(stdout).toMatch(/^\[Socket\]\n#.*\nListenStream=8123$/m);
    await writeFile(join(cwd, 'session.config.json'), '{"ports": {"server": 0}}');
    expect(await run(cwd, '--systemd', '--socket')).toMatchObject({
      code: 64,
      stderr: expect.stringMatching(/ports that are known beforehand: set "ports"/),
    });
    await writeFile(join(cwd, 'session.config.json'), '{"ports": {"server": 81, "admin": 82}}');
    const several = await run(cwd, '--systemd', '--socket');
    expect(several.stdout).toMatch(/^ListenStream=81\nListenStream=82$/m);
    expect(await run(cwd, '--socket')).toMatchObject({
      code: 64,
      stderr: 'vigil: --socket is for a unit: vigil init --systemd --socket\n',
    });
    await assertNoLeaks();
  });
});
