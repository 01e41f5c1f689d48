import type { Clock } from '../util/clock.ts';
import { signalTree, type TreeRoot } from './process-tree.ts';

const LOOK_EVERY_MS = 20;
/** A process that is just being started may slip past one look, not past three. */
const LAST_LOOKS = 3;

/**
 * Ends a process tree without giving the thread back: SIGTERM, SIGCONT for the stopped, then SIGKILL.
 * For a process that is about to end itself; the asking process is spared. @lazy
 *
 * @param graceMs - how long the tree may take before it is killed
 */
export function endTreeNow(root: TreeRoot, clock: Clock, graceMs: number): void {
  const giveUpAt = clock.now() + graceMs;
  if (signalTree(root, 'SIGTERM') === 0) return;
  // SIGCONT changes nothing for those that run: it only counts them.
  while (signalTree(root, 'SIGCONT') > 0) {
    if (clock.now() >= giveUpAt) {
      for (let look = 0; look < LAST_LOOKS; look += 1) signalTree(root, 'SIGKILL');
      return;
    }
    pause(LOOK_EVERY_MS);
  }
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
