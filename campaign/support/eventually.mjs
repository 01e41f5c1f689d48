import { pause } from '../../bench/support/pause.mjs';
import { BrokenPromise } from './broken-promise.mjs';
import { patiently } from './patience.mjs';

const LOOK_EVERY_MS = 25;

/**
 * Looks again and again until there is something.
 *
 * @param what - in words, or what makes them when it has not come
 * @throws BrokenPromise when there is nothing in time
 */
export async function eventually(what, withinMs, look) {
  const until = performance.now() + patiently(withinMs);
  for (;;) {
    const found = await look();
    if (found !== null && found !== false && found !== undefined) return found;
    if (performance.now() > until)
      throw new BrokenPromise(
        `not within ${String(patiently(withinMs) / 1000)} s: ${typeof what === 'function' ? what() : what}`,
      );
    await pause(LOOK_EVERY_MS);
  }
}
