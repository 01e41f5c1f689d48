import { type Clock, waitFor } from '../util/clock.ts';
import type { ChildHandle } from './child-handle.ts';

const LOOK_EVERY_MS = 50;
/** How long a process that was killed may take to be gone. */
const DYING_MS = 1000;
const LOOK_AT_DYING_EVERY_MS = 10;

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
  if (await isGoneWithin(handle, clock, { ms: killMs, lookEveryMs: LOOK_EVERY_MS })) return found;
  await handle.signalTree('SIGKILL');
  // It cannot be refused, yet takes its time on a busy machine: who is told that all is over must find it so.
  await isGoneWithin(handle, clock, { ms: DYING_MS, lookEveryMs: LOOK_AT_DYING_EVERY_MS });
  return found;
}

async function isGoneWithin(
  handle: ChildHandle,
  clock: Clock,
  { ms, lookEveryMs }: { readonly ms: number; readonly lookEveryMs: number },
): Promise<boolean> {
  const giveUpAt = clock.now() + ms;
  while (clock.now() < giveUpAt) {
    await waitFor(clock, lookEveryMs);
    // SIGCONT changes nothing for those that run: it only counts them.
    if ((await handle.signalTree('SIGCONT')) === 0) return true;
  }
  return false;
}
