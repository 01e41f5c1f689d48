import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { startNode } from '../support/start-child.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const FIRST_LINE = '// Packed by the build';
const DOORS = ['cli/run.js', 'session/session-agent.js', 'session/worker/launched-preload.cjs'];

afterEach(() => assertNoLeaks());

describe('a file that the build has packed', () => {
  it('holds the same instance of each module as the file of that module, whichever is loaded first', async () => {
    const dist = await packCopy();
    for (const door of DOORS) {
      const text = readFileSync(join(dist, door), 'utf8');
      expect(text.startsWith(FIRST_LINE)).toBe(true);
      expect(text).toContain('"errors.js": (function');
    }
    const load = (...names: string[]): Promise<string> =>
      print(`const [one, two] = ${JSON.stringify(names)}.map((name) => require('${dist}/' + name));
        console.log(Object.keys(require.cache).filter((file) => file.endsWith('/errors.js')).length,
          require('${dist}/index.js').VigilError === require('${dist}/errors.js').VigilError);`);
    expect(await load('session/session-agent.js', 'errors.js')).toBe('1 true');
    expect(await load('errors.js', 'session/session-agent.js')).toBe('1 true');
    expect(await load('session/worker/launched-preload.cjs', 'index.js')).toBe('1 true');
  });

  it('leaves what the server says to its monitor, and the package what few ask for, to be loaded later', async () => {
    const dist = await packCopy();
    const manager = 'ipc/promisified-ipc-manager.js';
    for (const door of ['launched-preload', 'preload'])
      expect(readFileSync(join(dist, `session/worker/${door}.cjs`), 'utf8')).not.toContain(
        `"${manager}"`,
      );
    const isLoaded = `Object.keys(require.cache).some((file) => file.endsWith('${manager}'))`;
    const program = `const vigil = require('${dist}/index.js');
      console.log(${isLoaded}, typeof vigil.manage, typeof vigil.PromisifiedIPCManager, ${isLoaded});`;
    expect(await print(program)).toBe('false function function true');
    const imports = `import('${dist}/index.js').then((vigil) =>
      console.log(typeof vigil.manage, typeof vigil.PromisifiedIPCManager));`;
    expect(await print(imports)).toBe('function function');
  });

  it('is left as it is when it is packed a second time', async () => {
    const dist = await packCopy();
    const before = readFileSync(join(dist, 'cli/run.js'), 'utf8');
    await pack(dist);
    expect(readFileSync(join(dist, 'cli/run.js'), 'utf8')).toBe(before);
  });
});

async function packCopy(): Promise<string> {
  const directory = await makeTempDirectory();
  const dist = join(directory, 'dist');
  cpSync('dist', dist, { recursive: true });
  cpSync('package.json', join(directory, 'package.json'));
  await pack(dist);
  return dist;
}

async function pack(dist: string): Promise<void> {
  const program = `import('${process.cwd()}/scripts/build/pack-doors.mjs').then((build) => build.packDoors('${dist}'))`;
  expect(await print(program)).toBe('');
}

async function print(program: string): Promise<string> {
  const child = startNode(['-e', program]);
  expect(await child.waitForExit()).toEqual({ code: 0, signal: null });
  return child.output.text;
}
