import { readFile } from 'node:fs/promises';
import { runCommand } from './run-command.mjs';

/** Installs exactly what the lock file says, unless just that is installed already. */
export async function installDependencies() {
  if (await isInstalled()) return { passed: 1, failed: 0, skipped: 0, output: '' };
  return runCommand(['npm', 'ci', '--no-audit', '--no-fund']);
}

async function isInstalled() {
  const wanted = await readPackages('package-lock.json');
  const present = await readPackages('node_modules/.package-lock.json');
  if (wanted === undefined || present === undefined) return false;
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (path === '') return true;
    // Builds for other platforms are optional and stay away.
    return present[path] === undefined ? optional === true : present[path].version === version;
  });
}

async function readPackages(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}
