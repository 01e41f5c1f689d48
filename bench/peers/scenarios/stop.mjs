import loadClient from '../../load/load-client.cjs';
import { pause } from '../../support/pause.mjs';

const { ask } = loadClient;

export const IN_FLIGHT = 20;
export const TAKES_MS = 1000;
const LOOK_EVERY_MS = 5;

/** How many of the requests that the server has begun are answered when all is told to stop. */
export async function measureStop(running, { neverAfterMs }) {
  const { port } = running;
  await running.awaitServer();
  const requests = Array.from({ length: IN_FLIGHT }, () =>
    ask({ port, path: `/slow?ms=${TAKES_MS}` }, { lateMs: neverAfterMs }),
  );
  const askedAt = performance.now();
  while ((await ask({ port, path: '/open' })).body !== String(IN_FLIGHT)) {
    if (performance.now() - askedAt > TAKES_MS) throw new Error('the requests did not get through');
    await pause(LOOK_EVERY_MS);
  }
  const told = running.contender.stop(running);
  const answers = await Promise.all(requests);
  await told;
  return { completed: answers.filter(({ outcome }) => outcome === 'ok').length };
}
