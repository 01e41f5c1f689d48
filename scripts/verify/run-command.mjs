import { spawn } from 'node:child_process';

/** By convention of the scripts here: the check could not be made, and its output says why. */
const SKIPPED_EXIT_CODE = 77;
const LIMIT_MS = 15 * 60_000;

/** Runs a program to its end as one check; its output is kept and shown only when it has something to say. */
export async function runCommand([program, ...args]) {
  const { code, output } = await runProgram(program, args);
  if (code === 0) return { passed: 1, failed: 0, skipped: 0, output: '' };
  if (code === SKIPPED_EXIT_CODE) return { passed: 0, failed: 0, skipped: 1, output };
  return { passed: 0, failed: 1, skipped: 0, output: output || `${program} ended with ${code}` };
}

export function runProgram(program, args, { limitMs = LIMIT_MS } = {}) {
  return new Promise((resolve) => {
    // A group of its own, so that what a hung step has started can be ended with it.
    const child = spawn(program, args, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, FORCE_COLOR: '0', NO_COLOR: '1', npm_config_loglevel: 'error' },
    });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    const endGroup = () => killGroup(child.pid);
    const limit = setTimeout(() => {
      chunks.push(Buffer.from(`\nstopped: not finished after ${limitMs / 1000} s\n`));
      endGroup();
    }, limitMs);
    process.once('exit', endGroup);
    const settle = (code) => {
      clearTimeout(limit);
      process.off('exit', endGroup);
      resolve({ code, output: Buffer.concat(chunks).toString('utf8') });
    };
    child.on('error', (error) => {
      chunks.push(Buffer.from(String(error)));
      settle(127);
    });
    child.on('close', (code, signal) => settle(code ?? signal));
  });
}

function killGroup(pid) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Already gone.
  }
}

// An interrupted run takes its steps with it: `exit` listeners end their groups.
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
]) {
  process.once(signal, () => process.exit(code));
}
