import { measureKeptRate } from '../load/request-rate.mjs';
import { withAll } from '../peers/side-by-side.mjs';
import { pairRounds, summarize } from '../support/statistics.mjs';
import { rotate } from '../support/take-turns.mjs';
import { vigilRun } from './contenders.mjs';

const CONNECTIONS = 20;
const FOR_MS = 500;
// What a request computes, milliseconds, and the least that is left of the requests a second.
const KINDS = [
  { workMs: 0, what: 'a route that says hello', atLeast: 0.95 },
  { workMs: 1, what: '1 ms of work a request', atLeast: 0.98 },
];

/** Requests a second with watchdog and flight recorder, and without. */
export async function measureWatched({ workplace, rounds, say }) {
  const figures = [];
  for (const kind of KINDS) figures.push(await measureKind(kind, { workplace, rounds, say }));
  return {
    title: 'What watching from inside costs',
    about: `Requests a second over ${CONNECTIONS} kept connections to a server of \`vigil run\`, with watchdog thread and flight recorder as they are by default, and with both off.`,
    head: ['', 'on', 'off', 'ratio', 'quartiles'],
    rows: figures.map(({ row }) => row),
    goals: figures.map(({ goal }) => goal),
  };
}

async function measureKind({ workMs, what, atLeast }, { workplace, rounds, say }) {
  const contenders = [true, false].map((watched) => ({
    ...vigilRun,
    name: watched ? 'on' : 'off',
    command: (place) => vigilRun.command({ ...place, watched, workMs }),
  }));
  const rates = new Map(contenders.map(({ name }) => [name, []]));
  await withAll(contenders, { workplace }, async (all) => {
    // The first rounds warm the servers up and are thrown away.
    for (let round = -2; round < rounds; round++) {
      for (const { running } of rotate(all, round + 2)) {
        const rate = await measureKeptRate(running.port, {
          connections: CONNECTIONS,
          forMs: FOR_MS,
        });
        if (round >= 0) rates.get(running.contender.name).push(rate);
        say();
      }
    }
  });
  const ratio = summarize(pairRounds(rates.get('on'), rates.get('off'), (on, off) => on / off));
  const [on, off] = ['on', 'off'].map((name) => summarize(rates.get(name)).median);
  return {
    row: [
      what,
      ...[on, off].map((rate) => Math.round(rate).toLocaleString('en')),
      ratio.median.toFixed(3),
      `${ratio.low.toFixed(3)}–${ratio.high.toFixed(3)}`,
    ],
    goal: {
      what: `Requests/s with watchdog and flight recorder to without: ${what}`,
      measured: ratio.median,
      atLeast,
      unit: '×',
    },
  };
}
