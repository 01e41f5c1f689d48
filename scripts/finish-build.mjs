// What tsc leaves to be done: remove output whose source is gone, pack what a start loads, build the page, make the command executable.
import { existsSync } from 'node:fs';
import { chmod, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildJobClient } from './build/build-job-client.mjs';
import { buildPage } from './build/build-page.mjs';
import { makeExportsLate } from './build/late-exports.mjs';
import { packAgent } from './build/pack-agent.mjs';
import { packDoors } from './build/pack-doors.mjs';

// Built by themselves, not compiled file by file.
const PAGES = [
  join('dist', 'dashboard', 'page'),
  join('dist', 'dashboard', 'sessions-page'),
  join('dist', 'dashboard', 'fleet-page'),
  join('dist', 'dashboard', 'jobs-page'),
  join('dist', 'jobs', 'browser'),
];
const OUTPUT_SUFFIX = /(\.d\.ts|\.js)(\.map)?$/;

for (const entry of await readdir('dist', { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !OUTPUT_SUFFIX.test(entry.name)) continue;
  if (PAGES.some((page) => entry.parentPath.startsWith(page))) continue;
  const output = join(entry.parentPath, entry.name);
  const source = output.replace(/^dist/, 'lib').replace(OUTPUT_SUFFIX, '.ts');
  if (!existsSync(source)) await rm(output);
}

makeExportsLate('dist/index.js', './ipc/promisified-ipc-manager.js');
packDoors('dist');
packAgent('dist');
await buildPage();
await buildJobClient();

const { bin } = JSON.parse(await readFile('package.json', 'utf8'));
for (const command of Object.values(bin)) {
  if (existsSync(command)) await chmod(command, 0o755);
}
