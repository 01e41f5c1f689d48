import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { print } from './print.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Installs and builds what is missing or out of date. */
export async function prepare() {
  if (!existsSync(join(ROOT, 'node_modules/.package-lock.json'))) {
    await runStep('installing the packages (npm ci)', ['ci', '--no-audit', '--no-fund']);
  }
  if (!isBuilt()) await runStep('building (npm run build)', ['run', '--silent', 'build']);
}

/** The build packs modules together, so not each source has its own output; but each build writes all of them. */
function isBuilt() {
  const output = join(ROOT, 'dist/index.js');
  if (!existsSync(output)) return false;
  const builtAt = statSync(output).mtimeMs;
  return readdirSync(join(ROOT, 'lib'), { recursive: true }).every(
    (name) => statSync(join(ROOT, 'lib', name)).mtimeMs <= builtAt,
  );
}

/** Runs npm; its output is shown only when it fails. */
function runStep(title, args) {
  print.plain(`${title} …`);
  return new Promise((resolve, reject) => {
    const npm = spawn('npm', args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = [];
    npm.stdout.on('data', (chunk) => output.push(chunk));
    npm.stderr.on('data', (chunk) => output.push(chunk));
    npm.on('error', (error) => reject(new Error(`${title} failed: ${error.message}`)));
    npm.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${title} failed:\n${Buffer.concat(output).toString().trim()}`));
    });
  });
}
