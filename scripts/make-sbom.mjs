// Writes the bill of materials of the package, in the form of CycloneDX: node scripts/make-sbom.mjs [FILE]
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeSbom } from './check/make-sbom.mjs';

const [file = 'temp/server-vigil.cdx.json'] = process.argv.slice(2);
const sbom = await makeSbom();
await mkdir(dirname(file), { recursive: true });
await writeFile(file, `${JSON.stringify(sbom, null, 2)}\n`);
console.log(`${file}: ${sbom.components.length} components`);
