// Compares what the lock file installs with a small list of known advisories. It needs no network;
// the full audit is run where the registry answers it.
import { readFile } from 'node:fs/promises';

const advisories = JSON.parse(await readFile('scripts/known-advisories.json', 'utf8'));
const { packages } = JSON.parse(await readFile('package-lock.json', 'utf8'));

const hits = Object.entries(packages).flatMap(([path, { name, version }]) => {
  const packageName =
    name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  return advisories
    .filter((advisory) => advisory.package === packageName && isAffected(version, advisory))
    .map((advisory) => `${packageName}@${version}: ${advisory.id} (${path})`);
});
for (const hit of hits) console.log(hit);
process.exitCode = hits.length > 0 ? 1 : 0;

/** An advisory names the versions from `from` (or the first) up to, not including, `below` (or the last). */
function isAffected(version, { from, below }) {
  if (from !== undefined && compare(version, from) < 0) return false;
  return below === undefined || compare(version, below) < 0;
}

function compare(a, b) {
  const [left, right] = [a, b].map((text) => text.split(/[-+]/)[0].split('.').map(Number));
  for (let i = 0; i < 3; i++) {
    if (left[i] !== right[i]) return left[i] - right[i];
  }
  return 0;
}
