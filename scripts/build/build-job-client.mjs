import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SOURCES = 'lib/jobs/client';
const OUTPUT = 'dist/jobs/browser';
const STAMP = join(OUTPUT, 'built-from');

/** Builds the client of jobs as one module for browsers, if its sources have changed since it was built last. */
export async function buildJobClient() {
  const files = readdirSync(SOURCES).map((name) => join(SOURCES, name));
  const hash = createHash('sha256');
  for (const file of [...files.sort(), 'lib/util/clock.ts']) hash.update(readFileSync(file));
  const stamp = `${hash.digest('hex')}\n`;
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === stamp) return;
  const { build } = await import('vite');
  await build({
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    build: {
      outDir: OUTPUT,
      emptyOutDir: true,
      target: 'es2022',
      minify: true,
      lib: { entry: join(SOURCES, 'browser.ts'), formats: ['es'], fileName: () => 'client.js' },
      reportCompressedSize: false,
    },
  });
  writeFileSync(STAMP, stamp);
}
