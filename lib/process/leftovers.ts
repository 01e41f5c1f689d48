import { type Clock, waitFor } from '../util/clock.ts';
import type { ChildHandle } from './child-handle.ts';

const LOOK_EVERY_MS = 50;

/**
 * Ends what a dead process has left running: SIGTERM, SIGCONT for the stopped, then SIGKILL.
 *
 * @returns how many processes were found
 */
export async function sweepLeftovers(
  handle: ChildHandle,
  clock: Clock,
  killMs: number,
): Promise<number> {
  const found = await handle.signalTree('SIGTERM');
  if (found === 0) return 0;
  await handle.signalTree('SIGCONT');
  const giveUpAt = clock.now() + killMs;
  while (clock.now() < giveUpAt) {
    await waitFor(clock, LOOK_EVERY_MS);
    // SIGCONT changes nothing for those that run: it only counts them.
    if ((await handle.signalTree('SIGCONT')) === 0) return found;
  }
  await handle.signalTree('SIGKILL');
  return found;
}
