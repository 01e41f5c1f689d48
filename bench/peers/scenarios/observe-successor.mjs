import loadClient from '../../load/load-client.cjs';
import { pause } from '../../support/pause.mjs';
import { within } from '../../support/within.mjs';

const { startNewConnections } = loadClient;

const BEFORE_MS = 200;
const AFTERWARDS_MS = 300;

/**
 * What becomes of requests on new connections when a misfortune comes over the server.
 *
 * @param limits - `everyMs` a request is sent; `neverAfterMs` nobody waits any longer for a successor
 * @returns `downMs` until another process answered, or null; and what became of the requests
 */
export async function observeSuccessor(running, { everyMs, neverAfterMs }, befall) {
  const { pid } = await running.awaitServer();
  let onSuccessor;
  const successor = new Promise((resolve) => (onSuccessor = resolve));
  const load = startNewConnections(
    { port: running.port },
    {
      everyMs,
      lateMs: neverAfterMs,
      onAnswer: ({ outcome, body, at }) => {
        if (outcome === 'ok' && Number(body) !== pid) onSuccessor(at);
      },
    },
  );
  await pause(BEFORE_MS);
  const startedAt = performance.now();
  befall(pid);
  const at = await within(neverAfterMs, successor);
  if (at !== null) await pause(AFTERWARDS_MS);
  const { counts, failed, longestMs } = await load.end({ now: at === null });
  return { ms: at === null ? null : at - startedAt, failed, longestMs, ...counts };
}
