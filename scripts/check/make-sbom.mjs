import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { listShipped } from './shipped-packages.mjs';

const run = promisify(execFile);
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * The bill of materials of what comes with the package, as CycloneDX has it; made from the lock file, without a network.
 *
 * npm makes it of everything, tools as well. What it leaves out when it is told to omit those is not to be relied on: of
 * a package that a tool needs too it says that only the tool does.
 */
export async function makeSbom() {
  const { stdout } = await run(
    'npm',
    ['sbom', '--silent', '--sbom-format', 'cyclonedx', '--package-lock-only'],
    { maxBuffer: MOST_BYTES },
  );
  const all = JSON.parse(stdout);
  const { name } = JSON.parse(readFileSync('package.json', 'utf8'));
  const shipped = new Set(listShipped().map((one) => `${one.name}@${one.version}`));
  const root = all.metadata.component['bom-ref'];
  const isKept = (reference) => reference === root || shipped.has(reference);
  return {
    ...all,
    // npm takes the name of the folder.
    metadata: { ...all.metadata, component: { ...all.metadata.component, name } },
    components: all.components
      .filter((component) => shipped.has(component['bom-ref']))
      .map((component) => ({ ...component, properties: [] })),
    dependencies: all.dependencies
      .filter(({ ref }) => isKept(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter(isKept) })),
  };
}
