// Packs the package, installs it as a user would, and looks at what arrived.
import { execFile } from 'node:child_process';
import { mkdtemp, mkdir, readFile, readdir, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkConsumers } from './check/check-consumers.mjs';
import { listNodes, tryPackage } from './check/try-package.mjs';

const MOST_PACKAGES = 30;
const MOST_BYTES = 16_000_000;
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall'];

const run = promisify(execFile);
const root = process.cwd();
const directory = await realpath(await mkdtemp(join(tmpdir(), 'vigil-package-')));
const problems = [];
try {
  const tarball = await pack();
  await check('publint', () => runBin('publint', ['run', tarball, '--strict']));
  await check('are the types wrong', () =>
    runBin('attw', [
      tarball,
      '--profile',
      'node16',
      '--exclude-entrypoints',
      'session.config.schema.json',
      'spawner.config.schema.json',
      'jobs.config.schema.json',
    ]),
  );
  await check('install', () => install(tarball));
  await check('budget', checkBudget);
  await check('types for a consumer', () => checkConsumers(join(directory, 'app')));
  for (const node of listNodes())
    await check(`use on ${node}`, () => tryPackage(join(directory, 'app'), node));
} finally {
  await rm(directory, { recursive: true, force: true });
}
for (const problem of problems) console.log(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

async function check(title, work) {
  try {
    await work();
  } catch (error) {
    problems.push(
      `${title}: ${[error.message, error.stdout, error.stderr].filter(Boolean).join('\n')}`,
    );
  }
}

function runBin(name, args) {
  return run(join(root, 'node_modules/.bin', name), args);
}

async function pack() {
  const { stdout } = await run('npm', [
    ...['pack', '--silent', '--json', '--ignore-scripts', '--pack-destination', directory],
  ]);
  const packed = Object.values(JSON.parse(stdout))[0];
  const missing = [
    'dist/index.js',
    'dist/index.d.ts',
    'dist/cli/main.js',
    'LICENSE',
    'THIRD-PARTY-LICENCES.md',
    'session.config.schema.json',
    'README.md',
    'package.json',
  ].filter((name) => !packed.files.some(({ path }) => path === name));
  if (missing.length > 0) problems.push(`not in the package: ${missing.join(', ')}`);
  return join(directory, packed.filename);
}

async function install(tarball) {
  await mkdir(join(directory, 'app'));
  await writeFile(join(directory, 'app/package.json'), '{ "private": true }\n');
  await run(
    'npm',
    ['install', '--silent', '--omit=dev', '--no-audit', '--no-fund', '--prefer-offline', tarball],
    {
      cwd: join(directory, 'app'),
    },
  );
}

async function checkBudget() {
  const modules = join(directory, 'app/node_modules');
  const { packages } = JSON.parse(await readFile(join(modules, '.package-lock.json'), 'utf8'));
  const names = Object.keys(packages);
  if (names.length > MOST_PACKAGES)
    throw new Error(`${names.length} packages, at most ${MOST_PACKAGES}`);
  const bytes = await sizeOf(modules);
  if (bytes > MOST_BYTES) throw new Error(`${bytes} bytes, at most ${MOST_BYTES}`);
  for (const name of names) {
    const { scripts = {}, gypfile } = JSON.parse(
      await readFile(join(directory, 'app', name, 'package.json'), 'utf8'),
    );
    const found = INSTALL_SCRIPTS.filter((script) => script in scripts);
    if (found.length > 0 || gypfile) throw new Error(`${name} runs ${found.join(', ')} at install`);
  }
  console.log(`${names.length} packages, ${(bytes / 1e6).toFixed(1)} MB`);
}

async function sizeOf(folder) {
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
  }
  return bytes;
}
