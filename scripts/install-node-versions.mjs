// Installs the other versions of Node on which the listening sockets are tested; each is an ordinary package
// with the binary inside. They are kept in temp/, and left alone when they are there already.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** By convention of the scripts here: could not be done, and the output says why. */
const SKIPPED_EXIT_CODE = 77;
const FOLDER = 'temp/node-versions';

const wanted = JSON.parse(readFileSync(new URL('node-versions.json', import.meta.url), 'utf8'));
const missing = Object.entries(wanted).filter(([major, version]) => find(major) !== version);
if (missing.length > 0) install();

function find(major) {
  try {
    const file = join(FOLDER, 'node_modules', `node${major}`, 'package.json');
    return JSON.parse(readFileSync(file, 'utf8')).version;
  } catch {
    return undefined;
  }
}

function install() {
  const system = `${process.platform}-${process.arch}`;
  // npm removes what is not named.
  const packages = Object.entries(wanted).map(
    ([major, version]) => `node${major}@npm:node-${system}@${version}`,
  );
  const flags = ['--prefix', FOLDER, '--no-save', '--no-audit', '--no-fund', '--ignore-scripts'];
  const { status, stderr } = spawnSync('npm', ['install', ...flags, ...packages], {
    encoding: 'utf8',
  });
  if (status === 0) return;
  process.stdout.write(`the other versions of Node cannot be installed here:\n${stderr}\n`);
  process.exitCode = SKIPPED_EXIT_CODE;
}
