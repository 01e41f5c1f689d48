import { readFileSync } from 'node:fs';

/** What the bundler puts into the pages of the dashboard: their text travels in the package, and so do their licences. */
export const BUNDLED = ['@preact/signals', '@preact/signals-core', 'htm', 'preact', 'uplot'];

/** Every package of the lock file, by the name it is installed under. */
export function readLockedPackages() {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  return Object.entries(packages)
    .filter(([path]) => path !== '')
    .map(([path, { name, version, license, dev = false, devOptional = false }]) => ({
      path,
      name: name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version,
      licence: license,
      isInstalled: !dev && !devOptional,
    }));
}

/** What comes to whoever installs the package: once each, in order. */
export function listShipped() {
  const shipped = readLockedPackages()
    .map((one) => ({ ...one, isBundled: BUNDLED.includes(one.name) }))
    .filter(({ isInstalled, isBundled }) => isInstalled || isBundled);
  const byId = new Map(shipped.map((one) => [`${one.name}@${one.version}`, one]));
  return [...byId.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
