import { existsSync } from 'node:fs';
import loadClient from '../../load/load-client.cjs';
import { pause } from '../../support/pause.mjs';
import { within } from '../../support/within.mjs';

const { startKeepAlive } = loadClient;

const BEFORE_MS = 300;
const AFTERWARDS_MS = 300;
const LOOK_EVERY_MS = 5;

/**
 * What becomes of requests on kept connections when the server is replaced as its operator would replace it.
 *
 * @returns `ms` until another process answered and the old one was gone, or null; and what became of the requests
 */
export async function measureReload(running, { neverAfterMs }) {
  const { pid } = await running.awaitServer();
  let onSuccessor;
  const successor = new Promise((resolve) => (onSuccessor = resolve));
  const load = startKeepAlive(
    { port: running.port },
    {
      lateMs: neverAfterMs,
      onAnswer: ({ outcome, body }) => {
        if (outcome === 'ok' && Number(body) !== pid) onSuccessor();
      },
    },
  );
  await pause(BEFORE_MS);
  const askedAt = performance.now();
  const told = running.contender.reload(running, pid);
  const replaced = successor.then(() => awaitEnd(pid, askedAt + neverAfterMs));
  const at = await within(neverAfterMs, replaced);
  if (at !== null) await pause(AFTERWARDS_MS);
  const { counts, failed, longestMs } = await load.end({ now: at === null });
  await told;
  return { ms: at === null ? null : at - askedAt, failed, longestMs, ...counts };
}

async function awaitEnd(pid, until) {
  while (existsSync(`/proc/${pid}`)) {
    if (performance.now() > until) return null;
    await pause(LOOK_EVERY_MS);
  }
  return performance.now();
}
