import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { runVigil } from '../support/spawn-vigil.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { startSession } from './running-session.ts';

const BROKEN = '{\n  "name": "shop",\n  "ports": {"server": "x"},\n  "pollin": {}\n}\n';

describe('vigil check', () => {
  it('prints each resolved option with where it comes from', async () => {
    const cwd = await makeTempDirectory({
      'session.config.json': '{"polling":{"route":"/health"}}',
    });
    const text = await runVigil(['check', '--name', 'shop'], { cwd });
    expect(text).toMatchObject({ code: 0, stderr: '' });
    expect(text.stdout).toMatch(/^name = "shop" {2}\(override\)$/m);
    expect(text.stdout).toMatch(/^polling\.route = "\/health" {2}\(file\)$/m);
    expect(text.stdout).toMatch(/^polling\.intervalSeconds = 10 {2}\(default\)$/m);
    const json = JSON.parse((await runVigil(['check', '--json'], { cwd })).stdout) as object;
    expect(json).toMatchObject({
      valid: true,
      configFile: `${cwd}/session.config.json`,
      values: { polling: { route: '/health' } },
      sources: { 'polling.route': 'file', standby: 'default' },
    });
    await assertNoLeaks();
  });

  it('says where a configuration is wrong and ends with 78, or 64 when there is no such file', async () => {
    const cwd = await makeTempDirectory({ 'session.config.json': BROKEN });
    const text = await runVigil(['check'], { cwd });
    expect(text).toMatchObject({ code: 78, stdout: '' });
    expect(text.stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/session\.config\.json:3:23: ports\.server: expected .*, found "x"/),
      expect.stringMatching(/session\.config\.json:4:3: pollin: .*did you mean "polling"/),
    ]);
    const json = await runVigil(['check', '--json'], { cwd });
    expect(json).toMatchObject({ code: 78, stderr: '' });
    expect(JSON.parse(json.stdout)).toMatchObject({
      valid: false,
      problems: [
        { line: 3, column: 23 },
        { line: 4, column: 3 },
      ],
    });
    expect((await runVigil(['check', '-c', 'nosuch.json'], { cwd })).code).toBe(64);
    await assertNoLeaks();
  });

  it('is no condition for reaching a session that runs', async () => {
    const session = await startSession({ files: { 'session.config.json': '{}' } });
    const { writeFile } = await import('node:fs/promises');
    await writeFile(`${session.folder}/session.config.json`, BROKEN);
    expect(await session.run('status')).toMatchObject({ code: 0 });
    expect(await session.run('stop')).toMatchObject({ code: 0 });
    expect((await session.run('status')).code).toBe(69);
    await assertNoLeaks();
  });
});
