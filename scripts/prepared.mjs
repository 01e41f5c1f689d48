// `node scripts/prepared.mjs FILE …`: installs and builds what is missing or out of date, then is that program.
// Uses Node's own modules only until that is done.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepare } from './demo/prepare.mjs';

const file = resolve(process.argv[2]);
process.argv.splice(1, 2, file);
try {
  await prepare();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
await import(pathToFileURL(file).href);
