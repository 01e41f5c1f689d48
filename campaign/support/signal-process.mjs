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
