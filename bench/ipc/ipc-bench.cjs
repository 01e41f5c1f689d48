'use strict';
// Answers a second when a child asks its parent: the manager against a hand-written exchange over process.send.
// Rounds of all sides take turns, so that a busy moment of the machine touches every side; medians are compared.
// Run: npm run build && node bench/ipc/ipc-bench.cjs [--quick]

const { fork } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');

const SIDES = {
  raw: { serialization: 'json', program: 'raw-child.cjs' },
  rawAdvanced: { serialization: 'advanced', program: 'raw-child.cjs' },
  managed: { serialization: 'json', program: 'managed-child.cjs' },
};

// Enough answers for half a second or more on a slow machine, and several times what is in flight.
const CASES = [
  { inFlight: 1, bytes: 100, answers: 4_000 },
  { inFlight: 100, bytes: 100, answers: 20_000 },
  { inFlight: 10_000, bytes: 100, answers: 60_000 },
  { inFlight: 1, bytes: 10_240, answers: 1_500 },
  { inFlight: 100, bytes: 10_240, answers: 6_000 },
  { inFlight: 10_000, bytes: 10_240, answers: 20_000 },
];

/** Measures every case; one row each, rates in answers a second, `ratio` against raw json. */
async function measureIpc({ rounds = 11, quick = false, cases = CASES } = {}) {
  const rows = [];
  for (const shape of cases) {
    const answers = quick ? Math.ceil(shape.answers / 10) : shape.answers;
    rows.push(await measureCase({ ...shape, answers }, quick ? 3 : rounds));
  }
  return rows;
}

async function measureCase({ inFlight, bytes, answers }, rounds) {
  const rates = { raw: [], rawAdvanced: [], managed: [] };
  const children = {};
  for (const side of Object.keys(SIDES)) children[side] = await startChild(side);
  // The first round warms up the compiler and is thrown away.
  for (let round = -1; round < rounds; round++) {
    for (const side of turn(Object.keys(SIDES), round + 1)) {
      const rate = await children[side].measure({ inFlight, bytes, answers });
      if (round >= 0) rates[side].push(rate);
    }
  }
  for (const child of Object.values(children)) await child.stop();
  const raw = median(rates.raw);
  return {
    inFlight,
    bytes,
    raw,
    rawAdvanced: median(rates.rawAdvanced),
    managed: median(rates.managed),
    rawSpread: spread(rates.raw),
    managedSpread: spread(rates.managed),
    // Of each round by itself: what slows the machine for a while slows both sides of that round.
    ratio: median(rates.managed.map((rate, round) => rate / rates.raw[round])),
    ratioToAdvanced: median(rates.managed.map((rate, round) => rate / rates.rawAdvanced[round])),
  };
}

async function startChild(side) {
  const { serialization, program } = SIDES[side];
  const child = fork(path.join(__dirname, program), { serialization });
  if (side === 'managed') {
    const { manage } = require('../../dist/ipc/promisified-ipc-manager.js');
    const manager = manage(child, { echo: (value) => value });
    return {
      async measure(shape) {
        const { results, error } = await manager.emit('measure', shape, { timeoutMs: 600_000 });
        if (error) throw new Error(error.message);
        return results[0];
      },
      stop: () => stop(child),
    };
  }
  let onRate;
  child.on('message', (message) => {
    if (message.id === undefined) onRate(message.rate);
    else child.send({ id: message.id, value: message.value });
  });
  return {
    measure(shape) {
      child.send({ measure: shape });
      return new Promise((resolve) => {
        onRate = resolve;
      });
    },
    stop: () => stop(child),
  };
}

async function stop(child) {
  const exited = once(child, 'exit');
  child.disconnect();
  await exited;
}

function turn(list, by) {
  return list.map((_, index) => list[(index + by) % list.length]);
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function spread(values) {
  return [Math.min(...values), Math.max(...values)];
}

function print(rows) {
  const table = rows.map((row) => ({
    'in flight': row.inFlight,
    bytes: row.bytes,
    'raw json/s': Math.round(row.raw),
    '(min-max)': row.rawSpread.map(Math.round).join('-'),
    'raw advanced/s': Math.round(row.rawAdvanced),
    'managed/s': Math.round(row.managed),
    '(min-max) ': row.managedSpread.map(Math.round).join('-'),
    'ratio to json': Number(row.ratio.toFixed(2)),
    'to advanced': Number(row.ratioToAdvanced.toFixed(2)),
  }));
  console.table(table);
}

if (require.main === module) {
  measureIpc({ quick: process.argv.includes('--quick') }).then(print);
}

module.exports = { measureIpc, print, CASES };
