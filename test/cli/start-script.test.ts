import { chmod, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { readProjectFacts } from '../../lib/cli/project-facts.ts';
import { readStartScript } from '../../lib/cli/start-script.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const NONE = { before: '', nodeArgs: [], args: [] };

describe('readStartScript', () => {
  it.each([
    ['node a.js', { ...NONE, entry: 'a.js' }],
    ['nodemon a.js', { ...NONE, entry: 'a.js' }],
    ['node dist/main', { ...NONE, entry: 'dist/main' }],
    [
      'PORT=4000 A=b node --x a.js --y 1',
      { before: 'PORT=4000 A=b ', entry: 'a.js', nodeArgs: ['--x'], args: ['--y', '1'] },
    ],
    ['cross-env A=b node a.js', { ...NONE, before: 'cross-env A=b ', entry: 'a.js' }],
    ['npm run build && node a.js', { ...NONE, before: 'npm run build && ', entry: 'a.js' }],
    ['tsx src/a.ts', { ...NONE, entry: 'src/a.ts', nodeArgs: ['--import=tsx'] }],
    ['ts-node src/a.ts', { ...NONE, entry: 'src/a.ts', nodeArgs: ['--require=ts-node/register'] }],
    ['node .', null],
    ['node gone.js', null],
    ['node', null],
    ['', null],
    ['node a.js | pretty', null],
    ['node a.js; echo $X', null],
    ['node "a.js"', null],
    ['some-program a.js', null],
    ['../../evil', null],
  ])('reads %j as %j', async (script, expected) => {
    const directory = await makeTempDirectory({ 'a.js': '', 'dist/main.js': '', 'src/a.ts': '' });
    expect(readStartScript(directory, script)).toEqual(expected);
  });

  it('finds the file behind a program that a package has brought, with its arguments', async () => {
    const directory = await makeTempDirectory({
      'node_modules/next/dist/bin/next': '#!/usr/bin/env node\n',
      'node_modules/shelly/run': '#!/bin/sh\n',
    });
    await mkdir(join(directory, 'node_modules/.bin'));
    for (const [name, target] of [
      ['next', '../next/dist/bin/next'],
      ['shelly', '../shelly/run'],
    ] as const) {
      await chmod(join(directory, 'node_modules/.bin', target), 0o755);
      await symlink(target, join(directory, 'node_modules/.bin', name));
    }
    expect(readStartScript(directory, 'next start -p 4000')).toEqual({
      before: '',
      entry: 'node_modules/next/dist/bin/next',
      nodeArgs: [],
      args: ['start', '-p', '4000'],
    });
    expect(readStartScript(directory, 'shelly start')).toBeNull();
  });
});

describe('the port of a start script', () => {
  it.each([
    ['PORT=4000 node a.js', 4000],
    ['node a.js --port 4001', 4001],
    ['node a.js -p=4002', 4002],
    ['node a.js', 8080],
  ])('of %j is %i', async (start, port) => {
    const directory = await makeTempDirectory({
      'package.json': JSON.stringify({ scripts: { start } }),
      'a.js': 'listen(process.env.PORT || 8080)',
    });
    expect(readProjectFacts(directory).port).toBe(port);
  });
});
