'use strict';
// BEGIN CYCLES WARM-UP: starts servers, on the ports from BEGIN, that say they are ready, say goodbye and end, CYCLES of
// them after a WARM-UP, and tells what that has left behind in the spawner: one JSON object, `before` and `after`.
// Run with --expose-gc.

const { readdirSync } = require('node:fs');
const { queryObjects } = require('node:v8');
const { Spawner } = require('server-vigil/spawner');

const AT_A_TIME = 4;
const MINUTE_MS = 60_000;
/** How long ended servers are shown here. */
const MOMENT_MS = 50;
const SHOWS_MS = 400;

// The time of the system, but for the minute for which ended servers are shown.
const clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  setTimer(ms, callback) {
    const timer = setTimeout(callback, ms === MINUTE_MS ? MOMENT_MS : ms);
    return { cancel: () => clearTimeout(timer), unref: () => timer.unref() };
  },
};

const GOODBYE =
  'for word in ready disconnect; do curl -s -o /dev/null -X POST "$2/$1?liveliness=$word"; done';

async function main() {
  const [begin, cycles, warmUp] = process.argv.slice(2).map(Number);
  const spawner = new Spawner(
    {
      port: 0,
      ports: { begin, max: AT_A_TIME },
      command: ['/bin/sh', '-c', GOODBYE, 'sh', '{id}', '{liveliness}'],
      // A process that has said goodbye is on its way out: its port is not free yet.
      queue: { max: AT_A_TIME },
      startDeadlineSeconds: 30,
      stateDirectory: 'state',
      logs: { keep: 0 },
    },
    { clock },
  );
  const { url } = await spawner.start();
  await run(url, warmUp);
  const before = await look(url);
  await run(url, cycles);
  const after = await look(url);
  await spawner.close();
  console.log(JSON.stringify({ cycles, before, after }));
}

async function run(url, cycles) {
  let left = cycles;
  const goOn = async () => {
    while (left-- > 0) await cycle(url);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, goOn));
}

async function cycle(url) {
  const { status } = await fetch(`${url}/spawn`, { method: 'POST' });
  if (status !== 201) throw new Error(`a server did not come up: ${status}`);
}

async function look(url) {
  const status = async () => (await fetch(`${url}/api/status`)).json();
  for (let seen = await status(); seen.usedSpawnPorts > 0; seen = await status()) await pause(10);
  await pause(SHOWS_MS);
  const { usedSpawnPorts, availableSpawnPorts, states } = await status();
  for (let times = 0; times < 4; times += 1) {
    globalThis.gc();
    await pause(20);
  }
  return {
    usedSpawnPorts,
    availableSpawnPorts,
    known: Object.values(states).reduce((sum, count) => sum + count),
    objects: queryObjects?.(Object, { format: 'count' }) ?? null,
    heapBytes: process.memoryUsage().heapUsed,
    descriptors: readdirSync('/proc/self/fd').length,
    timers: process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length,
  };
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

void main();
