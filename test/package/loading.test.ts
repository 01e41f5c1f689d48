import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { startNode } from '../support/start-child.ts';

interface Manifest {
  readonly bin: { readonly vigil: string };
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;

const LIST_THIRD_PARTY = `
  const found = Object.keys(require.cache).filter((file) => file.includes('/node_modules/'));
  console.log(JSON.stringify(found));`;

describe('the package', () => {
  it('loads no third-party module when it is required', async () => {
    const index = JSON.stringify(resolve('dist/index.js'));
    const child = startNode(['-e', `require(${index}); ${LIST_THIRD_PARTY}`]);
    const [list] = await child.waitForLine(/^\[.*\]$/);
    expect(JSON.parse(list)).toEqual([]);
    expect(await child.waitForExit()).toEqual({ code: 0, signal: null });
    await assertNoLeaks();
  });

  it('lets a process end by itself that only requires it', async () => {
    const child = startNode([resolve('dist/index.js')]);
    expect(await child.waitForExit()).toEqual({ code: 0, signal: null });
    await assertNoLeaks();
  });

  it('gives its version and ends with 0', async () => {
    const child = startNode([resolve(manifest.bin.vigil), '--version']);
    await child.waitForLine(/^\d+\.\d+\.\d+$/);
    expect(await child.waitForExit()).toEqual({ code: 0, signal: null });
    await assertNoLeaks();
  });
});
