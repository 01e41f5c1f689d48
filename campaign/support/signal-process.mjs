import { readFileSync } from 'node:fs';
import { pause } from '../../bench/support/pause.mjs';

/** @returns whether it was still there */
export function signalProcess(pid, signal) {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** Stops a process, and lets it go on; it may be ended meanwhile. */
export async function pauseProcess(pid, ms) {
  signalProcess(pid, 'SIGSTOP');
  await pause(ms);
  signalProcess(pid, 'SIGCONT');
}

/** Whether a process runs; one that has ended does not, although whoever inherited it has not noticed yet. */
export function isRunning(pid) {
  try {
    const state = readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
      .split(') ')
      .at(-1)[0];
    return state !== 'Z' && state !== 'X';
  } catch {
    return false;
  }
}
