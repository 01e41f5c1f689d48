import { Running } from '../support/running.mjs';
import { takeTurns } from '../support/take-turns.mjs';
import { bare, plainCluster, vigilLaunch, vigilRun } from './contenders.mjs';
import { createTimedFigure } from './timed.mjs';

/** From the start of the supervisor to the first 200 of its server. */
export async function measureStart({ workplace, rounds, others, say }) {
  const contenders = [bare, plainCluster, vigilRun, vigilLaunch, ...others];
  const times = await takeTurns(contenders, rounds, (contender) =>
    Running.use(contender, { workplace }, async (running) => {
      const first = await running.awaitServer();
      say();
      return first.at - running.startedAt;
    }),
  );
  return createTimedFigure({
    title: 'Start to first 200',
    about:
      'From the start of the process on the command line to the first answer with status 200, asked for every 2 ms.',
    times,
    limits: { [vigilLaunch.name]: 1.25, [vigilRun.name]: 1.6 },
  });
}
