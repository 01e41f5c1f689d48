// Other programs, as they come from the registry; they are no part of this package and of its checks.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const VERSIONS = { forever: '4.0.3', nodemon: '3.1.14', pm2: '7.0.4', throng: '5.0.0' };

/** Installs them into a cache of the user's, unless they are there; resolves with where. */
export async function installPeers(versions = VERSIONS) {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'vigil-bench');
  const text = JSON.stringify({ private: true, dependencies: versions });
  const place = join(cache, createHash('sha256').update(text).digest('hex').slice(0, 12));
  if (existsSync(place)) return join(place, 'node_modules');
  await mkdir(cache, { recursive: true });
  const unfinished = await mkdtemp(join(cache, 'unfinished-'));
  try {
    await writeFile(join(unfinished, 'package.json'), text);
    await install(unfinished);
    await rename(unfinished, place);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return join(place, 'node_modules');
}

async function install(directory) {
  const args = ['install', '--prefix', directory, '--ignore-scripts', '--no-audit', '--no-fund'];
  try {
    await promisify(execFile)('npm', args, { cwd: directory });
  } catch (error) {
    throw new Error(`the programs to compare with could not be installed:\n${error.stderr}`, {
      cause: error,
    });
  }
}
