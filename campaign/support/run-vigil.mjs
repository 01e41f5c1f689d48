import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** One command of `vigil` to its end: its exit code, and what it has written. */
export async function runVigil(workplace, cwd, words) {
  const { name, value } = workplace.mark;
  const child = spawn(process.execPath, [join(workplace.vigil, 'dist/cli/main.js'), ...words], {
    cwd,
    env: { ...process.env, [name]: value },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  child.stderr.on('data', (chunk) => (errors += String(chunk)));
  const [code] = await once(child, 'close');
  return { code, output: output || errors };
}
