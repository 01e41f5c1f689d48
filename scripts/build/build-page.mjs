import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const SOURCES = 'lib/dashboard/page';
// What the page takes from the rest of the house; the compiler finds what is missing, this only what has changed.
const ALSO_SOURCES = [
  'lib/dashboard/session-summary.ts',
  'lib/notify/crash-wording.ts',
  'lib/session/monitor/event-lines.ts',
  'package-lock.json',
  'scripts/build/build-page.mjs',
];
const OUTPUT = 'dist/dashboard/page';
const STAMP = join(OUTPUT, 'built-from');
/** Further pages, which share sources with that of a session. */
const OTHERS = ['sessions', 'fleet', 'jobs'].map((name) => ({
  root: join(SOURCES, name),
  output: `dist/dashboard/${name}-page`,
}));
const FIRST_PAINT_BYTES = 20_000;

/** Builds the pages of the dashboard, if their sources have changed since they were built last. */
export async function buildPage() {
  const stamp = hashSources();
  if (
    existsSync(STAMP) &&
    OTHERS.every(({ output }) => existsSync(join(output, 'index.html'))) &&
    readFileSync(STAMP, 'utf8') === stamp
  )
    return;
  await buildOne(SOURCES, OUTPUT);
  for (const { root, output } of OTHERS) await buildOne(root, output);
  checkFirstPaint();
  writeFileSync(STAMP, stamp);
}

async function buildOne(root, output) {
  const { build } = await import('vite');
  await build({
    root,
    base: './',
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    build: {
      outDir: join(process.cwd(), output),
      emptyOutDir: true,
      target: 'es2022',
      // Browsers that lack it cannot run the page at all.
      modulePreload: { polyfill: false },
      // Nothing of the page is written into another file of it: its policy forbids it.
      assetsInlineLimit: 0,
      reportCompressedSize: false,
    },
  });
  for (const name of readdirSync(join(output, 'assets'))) {
    const file = join(output, 'assets', name);
    writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: 9 }));
  }
}

/** What the browser loads before it shows anything, packed: the page, and what it names. */
function checkFirstPaint() {
  for (const output of [OUTPUT, ...OTHERS.map((page) => page.output)]) checkFirstPaintOf(output);
}

function checkFirstPaintOf(output) {
  const html = readFileSync(join(output, 'index.html'), 'utf8');
  const named = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.(?:js|css))"/g)].map(
    ([, name]) => name,
  );
  const sizes = ['index.html', ...named].map((name) => [
    name,
    gzipSync(readFileSync(join(output, name)), { level: 9 }).length,
  ]);
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  if (named.length > 0 && total <= FIRST_PAINT_BYTES) return;
  const list = sizes.map(([name, size]) => `${name} ${size}`).join(', ');
  throw new Error(
    `the first paint of the page is ${total} bytes, packed (${list}); at most ${FIRST_PAINT_BYTES}`,
  );
}

function hashSources() {
  const own = readdirSync(SOURCES, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash('sha256');
  for (const file of [...own, ...ALSO_SOURCES]) {
    hash.update(`${file}\0`).update(readFileSync(file)).update('\0');
  }
  return `${hash.digest('hex')}\n`;
}
