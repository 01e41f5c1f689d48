import { pause } from '../support/pause.mjs';
import { Running } from '../support/running.mjs';
import { OWN, PEERS, bare, plainCluster, vigilStandby } from './contenders.mjs';
import { installPeers } from './peer-packages.mjs';
import { measureCrash, measureHang, measureKill } from './scenarios/death.mjs';
import { Rates } from './scenarios/rates.mjs';
import { measureReload } from './scenarios/reload.mjs';
import { measureStop } from './scenarios/stop.mjs';
import { rotate } from '../support/take-turns.mjs';
import { measureSideBySide, withAll } from './side-by-side.mjs';

/** Seconds of silence after which Vigil takes a server for hung; everything else is as it comes. */
export const SILENCE_SECONDS = 2;

const WARNING = /"standby" is set, but this version does not have it/;
const WARNED_WITHIN_MS = 3000;
const LOOK_EVERY_MS = 20;

const FULL = {
  rounds: { crash: 7, kill: 7, hang: 3, reload: 5, stop: 3, start: 5, rates: 15 },
  settleMs: 2000,
  death: { everyMs: 1, neverAfterMs: 5000 },
  hang: { everyMs: 20, neverAfterMs: 15_000 },
  reload: { neverAfterMs: 10_000 },
  stop: { neverAfterMs: 10_000 },
  rates: { warmTurns: 5, warmMs: 1000, slices: 8, keptMs: 250, newMs: 300 },
};
const QUICK = {
  ...FULL,
  rounds: { crash: 1, kill: 1, hang: 1, reload: 1, stop: 1, start: 1, rates: 1 },
  settleMs: 1000,
  hang: { everyMs: 20, neverAfterMs: 6000 },
  rates: { ...FULL.rates, warmTurns: 1 },
};

/**
 * What is to be measured.
 *
 * @param options.contenders - some names, separated by commas; all unless given
 * @param options.scenarios - likewise
 */
export function choosePeers({ contenders, scenarios }) {
  const all = [bare, plainCluster, ...OWN, ...PEERS];
  const known = all.map(({ name }) => name);
  const names = chooseNames(contenders, known, 'contender');
  return {
    // Every ratio is against one of these.
    wanted: all.filter((one) => [bare, plainCluster].includes(one) || names.includes(one.name)),
    scenarios: chooseNames(scenarios, Object.keys(SCENARIOS), 'scenario'),
  };
}

/**
 * All that is told of supervisors side by side, as it was measured: results and starts by the name of the scenario
 * and of the contender.
 */
export async function measurePeers({ workplace, quick, rounds, choice, say }) {
  const extent = quick ? QUICK : FULL;
  const { wanted, scenarios } = choice;
  const peers = wanted.some((one) => PEERS.includes(one)) ? await installPeers() : null;
  const place = { workplace, peers };
  const taking = [];
  for (const one of wanted) {
    if (one !== vigilStandby || (await hasStandby(place))) taking.push(one);
  }
  // The first start of each reads from the disk what the later ones find in memory.
  await withAll(taking, place, () => undefined);
  const found = {};
  for (const name of scenarios) {
    say(` ${name} `);
    found[name] = await SCENARIOS[name](taking, {
      extent,
      rounds: rounds ?? extent.rounds[name],
      settleMs: extent.settleMs,
      place,
      say,
    });
  }
  const missing = wanted.filter((one) => !taking.includes(one));
  return { contenders: taking, missing, extent, found };
}

const SCENARIOS = {
  crash: (all, options) =>
    measureSideBySide(supervisors(all), options, (running) =>
      measureCrash(running, options.extent.death),
    ),
  kill: (all, options) =>
    measureSideBySide(supervisors(all), options, (running) =>
      measureKill(running, options.extent.death),
    ),
  hang: (all, options) => {
    const settings = [`heartbeat.silenceSeconds=${SILENCE_SECONDS}`];
    const place = { ...options.place, settings };
    return measureSideBySide(supervisors(all), { ...options, place, mostNever: 1 }, (running) =>
      measureHang(running, options.extent.hang),
    );
  },
  reload: (all, options) =>
    measureSideBySide(supervisors(all), options, (running) =>
      measureReload(running, options.extent.reload),
    ),
  stop: (all, options) =>
    measureSideBySide(supervisors(all), options, (running) =>
      measureStop(running, options.extent.stop),
    ),
  start: (all, options) =>
    measureSideBySide(
      all.filter(({ only }) => only === undefined),
      { ...options, settleMs: 0 },
      () => ({}),
    ),
  rates: measureAllRates,
};

function supervisors(contenders) {
  return contenders.filter((one) => one !== bare && one.only === undefined);
}

function chooseNames(text, known, what) {
  if (text === undefined) return known;
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return names;
  throw new Error(`no ${what} ${unknown.join(', ')}; there are ${known.join(', ')}`);
}

/** Whether this version keeps a spare; one that does not says so when it starts. */
function hasStandby(place) {
  return Running.use(vigilStandby, place, async (running) => {
    await running.awaitServer();
    const until = performance.now() + WARNED_WITHIN_MS;
    while (performance.now() < until && !WARNING.test(running.output)) await pause(LOOK_EVERY_MS);
    return !WARNING.test(running.output);
  });
}

/**
 * Each round with new processes, as one keeps for life what it has by the luck of its start. The machine itself may
 * be a fifth faster for some seconds and slower again: within a round all take turns of a fraction of a second. They
 * warm up in turns too: the rare things that a supervisor asks of a server (a poll, once in ten seconds) make the
 * engine compile some of it again, which happens in the first minute of days and is over in seconds.
 */
async function measureAllRates(contenders, { rounds, settleMs, place, say, extent }) {
  const { warmTurns, warmMs, slices, keptMs, newMs } = extent.rates;
  const found = new Map(contenders.map(({ name }) => [name, { results: [] }]));
  for (let round = 0; round < rounds; round++) {
    await withAll(rotate(contenders, round), place, async (all) => {
      await pause(settleMs);
      const rates = all.map(({ running }) => new Rates(running));
      for (let turn = 0; turn < warmTurns; turn++) {
        for (const one of rates) await one.warm(warmMs);
      }
      for (let slice = 0; slice < slices; slice++) {
        for (const one of rotate(rates, slice)) await one.measureKept(keptMs);
      }
      for (const one of rates) {
        const fresh = await one.measureNew(newMs);
        found.get(one.name).results.push({ ...one.result, fresh });
        say();
      }
    });
  }
  return found;
}
