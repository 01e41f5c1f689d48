import { Running } from '../support/running.mjs';
import { takeTurns } from '../support/take-turns.mjs';
import { plainCluster, vigilLaunch, vigilRun } from './contenders.mjs';
import { createTimedFigure } from './timed.mjs';

/** From the SIGKILL of a server that ran well to the first 200 of its successor. */
export async function measureCrash({ workplace, rounds, settleMs, others, say }) {
  const contenders = [plainCluster, vigilRun, vigilLaunch, ...others];
  const times = await takeTurns(contenders, rounds, (contender) =>
    // A session of its own for each crash: only the first failure after a stable run is restarted without delay.
    Running.use(contender, { workplace }, async (running) => {
      const time = await crashOnce(running, settleMs);
      say();
      return time;
    }),
  );
  return createTimedFigure({
    title: 'Crash to serving',
    about: `SIGKILL of a server process that has served for ${settleMs / 1000} s, until another process answers with status 200, asked for every 2 ms.`,
    times,
    limits: { [vigilRun.name]: 1.15, [vigilLaunch.name]: 1.15 },
  });
}

/** Kills the server of a contender that has run for a while. @returns milliseconds until the next one serves */
export async function crashOnce(running, settleMs) {
  const first = await running.awaitServer();
  await new Promise((resolve) => setTimeout(resolve, settleMs));
  const killedAt = performance.now();
  process.kill(first.pid, 'SIGKILL');
  const second = await running.awaitServer(first.pid);
  return second === null ? null : second.at - killedAt;
}
