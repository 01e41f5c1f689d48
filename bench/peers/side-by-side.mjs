import { pause } from '../support/pause.mjs';
import { Running } from '../support/running.mjs';
import { rotate } from '../support/take-turns.mjs';

/**
 * Starts contenders side by side, so that all have run for a while, and lets each have its turn while the others
 * idle. Who begins changes from round to round.
 *
 * @param options.mostNever - a contender that has failed so often (`ms` is null) is not asked again
 * @returns by name: `results` and `starts` (milliseconds to the first answer), in the order of the rounds
 */
export async function measureSideBySide(contenders, options, measure) {
  const { rounds, settleMs, place, mostNever = 2, say } = options;
  const found = new Map(contenders.map(({ name }) => [name, { results: [], starts: [] }]));
  for (let round = 0; round < rounds; round++) {
    const taking = rotate(contenders, round).filter(
      ({ name }) =>
        found.get(name).results.filter((result) => result?.ms === null).length < mostNever,
    );
    await withAll(taking, place, async (all) => {
      for (const { running, startMs } of all) {
        found.get(running.contender.name).starts.push(startMs);
      }
      await pause(settleMs);
      for (const { running } of all) {
        found.get(running.contender.name).results.push(await measure(running));
        await running.kill();
        say();
      }
    });
  }
  return found;
}

/** Starts contenders one after the other, and ends them all after `use`. */
export async function withAll(contenders, place, use) {
  const all = [];
  try {
    for (const contender of contenders) {
      const running = await Running.start(contender, place);
      all.push({ running, startMs: null });
      const first = await running.awaitServer();
      all.at(-1).startMs = first.at - running.startedAt;
    }
    return await use(all);
  } finally {
    for (const { running } of all) await running.kill();
  }
}
