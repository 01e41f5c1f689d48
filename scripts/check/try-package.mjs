import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const VERSIONS = 'temp/node-versions/node_modules';
const DOORS = ['', '/testing', '/spawner', '/stream', '/jobs', '/fleet'];

const SERVER = `const { createServer } = require('node:http');
createServer((request, response) => response.end('ok')).listen(process.env.PORT);
`;

const PROGRAMS = {
  'required.cjs': `const doors = ${JSON.stringify(DOORS)}.map((door) => require('server-vigil' + door));
if (doors.some((door) => Object.keys(door).length === 0)) throw new Error('exports nothing');
`,
  'imported.mjs': `import { createRequire } from 'node:module';
import { launch } from 'server-vigil';
const require = createRequire(import.meta.url);
for (const door of ${JSON.stringify(DOORS)}) {
  const [imported, required] = [await import('server-vigil' + door), require('server-vigil' + door)];
  const names = Object.keys(required).filter((name) => required[name] !== imported[name]);
  if (names.length > 0) throw new Error(door + ' differs by import: ' + names.join(', '));
}
if (typeof launch !== 'function') throw new Error('exports nothing');
`,
};

const JEST_TEST = `const { Spawner } = require('server-vigil/spawner');
const { ManualClock } = require('server-vigil/testing');
const vigil = require('server-vigil');

test('a user of jest has what the package exports', () => {
  expect(typeof vigil.launch).toBe('function');
  expect(new Spawner({ command: ['true'] })).toBeInstanceOf(Spawner);
  expect(new ManualClock().now()).toEqual(expect.any(Number));
});
`;

/** This version of Node, and the others that were installed for the tests. */
export function listNodes() {
  const others = existsSync(VERSIONS) ? readdirSync(VERSIONS) : [];
  return [
    process.execPath,
    ...others
      .filter((name) => /^node\d+$/.test(name))
      .map((name) => join(process.cwd(), VERSIONS, name, 'bin/node'))
      .filter(existsSync),
  ];
}

/** Uses the package that is installed in `app` as a CommonJS program, as an ES module, from jest, and as a command. */
export async function tryPackage(app, node) {
  for (const [name, source] of Object.entries(PROGRAMS)) {
    await writeFile(join(app, name), source);
    await run(node, [name], { cwd: app });
  }
  await tryInJest(app, node);
  await writeFile(join(app, 'server.js'), SERVER);
  const { stdout } = await run(
    node,
    ['node_modules/server-vigil/dist/cli/main.js', 'doctor', 'server.js', '--json', '--port', '0'],
    { cwd: app },
  );
  if (JSON.parse(stdout).ok !== true) throw new Error(`a server is not kept up: ${stdout}`);
}

async function tryInJest(app, node) {
  const manifest = createRequire(import.meta.url).resolve('jest/package.json');
  const jest = join(dirname(manifest), 'bin/jest.js');
  await mkdir(join(app, 'tests'), { recursive: true });
  await writeFile(join(app, 'tests/package.test.js'), JEST_TEST);
  await writeFile(join(app, 'jest.config.json'), '{ "testMatch": ["**/tests/*.test.js"] }');
  await run(node, [jest, '--ci', '--config', 'jest.config.json', '--rootDir', app], { cwd: app });
}
