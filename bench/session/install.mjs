import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const MOST_PACKAGES = 30;
const MOST_MB = 16;

/** Size of the package as a user installs it; the check of the package has packed and installed it. */
export async function measureInstall({ root, say }) {
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/check-package.mjs'], {
    cwd: root,
  }).catch((error) => error);
  say();
  const found = /^(\d+) packages, ([\d.]+) MB$/m.exec(stdout);
  if (found === null) throw new Error(`the package could not be measured:\n${stdout}`);
  const [packages, megabytes] = found.slice(1).map(Number);
  return {
    title: 'Plain install',
    about:
      '`npm install` of the packed package into an empty project. The same check refuses install scripts.',
    head: ['', 'with all it needs'],
    rows: [
      ['packages', String(packages)],
      ['MB', String(megabytes)],
    ],
    goals: [
      { what: 'Packages installed', measured: packages, atMost: MOST_PACKAGES, unit: '' },
      { what: 'Size installed', measured: megabytes, atMost: MOST_MB, unit: 'MB' },
    ],
  };
}
