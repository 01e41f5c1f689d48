import { utimesSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { LocalFiles } from '../../lib/session/monitor/local-files.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const hash = (content: Buffer | string): string => String(content).length.toString();

async function list(files: Readonly<Record<string, string>>, entry: string): Promise<string[]> {
  const directory = await makeTempDirectory(files);
  const found = await new LocalFiles(hash).list(join(directory, entry));
  return found.map(({ path }) => relative(directory, path)).sort();
}

describe('LocalFiles', () => {
  it('follows a CommonJS server over what it requires, in whichever way it names it', async () => {
    const files = {
      'app.cjs': `const a = require('./a'), b = require("./folder"); require('node:fs'); require('express');`,
      'a.js': `module.exports = require('../a/b.json'); require("./app.cjs")`,
      'folder/index.js': 'require(`./deep`); require(`./${name}`)',
      'folder/deep.js': '',
      'folder/unused.js': '',
      'node_modules/express/index.js': `require('./lib')`,
    };
    expect(await list(files, 'app.cjs')).toEqual([
      'a.js',
      'app.cjs',
      'folder/deep.js',
      'folder/index.js',
    ]);
  });

  it('follows an ES module over imports, exports and dynamic imports', async () => {
    const files = {
      'app.mjs': `import './a.mjs';\\nimport { b,\\n c } from "./b.mjs"; export * from './c.mjs'; await import('./d.mjs');`,
      'a.mjs': '',
      'b.mjs': `import data from './data.json' with { type: 'json' }`,
      'c.mjs': '',
      'd.mjs': '',
      'data.json': '{"from": "./e.mjs"}',
      'e.mjs': '',
    };
    expect(await list(files, 'app.mjs')).toEqual([
      'a.mjs',
      'app.mjs',
      'b.mjs',
      'c.mjs',
      'd.mjs',
      'data.json',
    ]);
  });

  it('finds the TypeScript that is asked for by the name of what it becomes', async () => {
    const files = {
      'app.ts': `import { a } from './a.js'; import type { B } from './b'; import c = require('./c.cjs');`,
      'a.ts': '',
      'b/index.ts': '',
      'c.cts': '',
    };
    expect(await list(files, 'app.ts')).toEqual(['a.ts', 'app.ts', 'b/index.ts', 'c.cts']);
  });

  it('finds nothing where there is no entry, and no more than it may of a heap of files', async () => {
    expect(await list({}, 'app.js')).toEqual([]);
    const many = Array.from({ length: 2100 }, (_, index) => `m${String(index)}.js`);
    const files = Object.fromEntries(many.map((name) => [name, '']));
    const code = many.map((name) => `require('./${name}');`).join('');
    expect(await list({ ...files, 'app.js': code }, 'app.js')).toHaveLength(2000);
  });

  it('reads a file again once it looks different, and goes by the looks of a large one', async () => {
    const directory = await makeTempDirectory({
      'app.js': `require('./large.js')`,
      'large.js': `require('./app.js')//${'x'.repeat(1_100_000)}`,
    });
    const files = new LocalFiles(hash);
    const entry = join(directory, 'app.js');
    const first = await files.list(entry);
    writeFileSync(entry, `require('./large.js') // longer`);
    utimesSync(join(directory, 'large.js'), 1, 1);
    const second = await files.list(entry);
    expect(second.map(({ path }) => path)).toEqual(first.map(({ path }) => path));
    for (const [index, { hash: before }] of first.entries())
      expect(second[index]?.hash).not.toBe(before);
  });
});
