import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { type VigilRun, runVigil } from '../support/spawn-vigil.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

function init(cwd: string, ...words: readonly string[]): Promise<VigilRun> {
  return runVigil(['fleet', 'init', ...words], { cwd });
}

describe('vigil fleet init', () => {
  it('writes an application into a new directory, with tokens of its own that only its owner can read', async () => {
    const cwd = await makeTempDirectory();
    const first = await init(cwd, 'shop');
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(/^ {3}create : shop\/app\.js$/m);
    expect(first.stdout).toContain('Now: cd shop && npm install && npx vigil fleet start');
    const file = join(cwd, 'shop/config/adminServer.json');
    const tokens = JSON.parse(await readFile(file, 'utf8')) as { type: string; token: string }[];
    expect(tokens.map(({ type }) => type)).toEqual(['gate', 'chat']);
    expect(new Set(tokens.map(({ token }) => token)).size).toBe(2);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await assertNoLeaks();
  });

  it('refuses a directory that is not empty without a terminal, and with --force adds what is missing', async () => {
    const cwd = await makeTempDirectory({ 'app.js': '// mine\n' });
    const refused = await init(cwd);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('is not an empty directory');
    const forced = await init(cwd, '--force');
    expect(forced.code).toBe(0);
    expect(forced.stdout).toMatch(/^ {3}exists : app\.js$/m);
    expect(await readFile(join(cwd, 'app.js'), 'utf8')).toBe('// mine\n');
    await writeFile(join(cwd, 'file'), '');
    expect((await init(cwd, 'file', '--json')).code).toBe(1);
    await assertNoLeaks();
  });
});
