import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { askTimes } from '../support/await-server.mjs';
import { readMemory, readProcessorMs } from '../support/process-facts.mjs';
import { Running } from '../support/running.mjs';
import { pairRounds, summarize } from '../support/statistics.mjs';
import { takeTurns } from '../support/take-turns.mjs';

const MB = 1e6;
const VIEWERS = 10;
const REQUESTS = 200;

const closed = createContender('without a dashboard', null);
const watched = createContender('with ten who look on', { port: 0, readOnly: true });

/** What the dashboard costs the monitor while ten look on and ten events happen in a second. */
export async function measureDashboard({ workplace, rounds, quietMs, say }) {
  const found = await takeTurns([closed, watched], Math.min(rounds, 5), (contender) =>
    Running.use(contender, { workplace }, async (running) => {
      const result = await measureOne(running, contender === watched ? VIEWERS : 0, quietMs);
      say();
      return result;
    }),
  );
  const read = (contender, key) => found.get(contender.name).map((one) => one[key]);
  const more = (key) =>
    pairRounds(read(watched, key), read(closed, key), (one, other) => one - other);
  return {
    title: 'Dashboard',
    about: `The monitor of a session in which ten events happen each second: alone, and with ${VIEWERS} who look on over the live feed. Each of them gets ${summarize(read(watched, 'messages')).median.toFixed(0)} items or so in a second.`,
    head: ['', 'monitor PSS', 'share of a core'],
    rows: [closed, watched].map((contender) => [
      contender.name,
      `${(summarize(read(contender, 'pss')).median / MB).toFixed(1)} MB`,
      `${summarize(read(contender, 'share')).median.toFixed(2)} %`,
    ]),
    goals: [
      {
        what: "Monitor's PSS above one without dashboard",
        measured: summarize(more('pss')).median / MB,
        atMost: 30,
        unit: 'MB',
      },
      {
        what: "Monitor's processor time above one without dashboard",
        measured: summarize(more('share')).median,
        atMost: 2,
        unit: '% of a core',
      },
    ],
  };
}

async function measureOne(running, viewers, quietMs) {
  await running.awaitServer();
  await askTimes(running.port, REQUESTS);
  const sockets = await Promise.all(
    Array.from({ length: viewers }, async () => lookOn(await findAddress(running))),
  );
  let items = 0;
  for (const socket of sockets) {
    socket.on('message', (data) => (items += JSON.parse(String(data)).data.length));
  }
  await wait(quietMs / 2);
  items = 0;
  const startedAt = performance.now();
  const usedBefore = readProcessorMs([running.supervisorPid]);
  await wait(quietMs);
  const elapsed = performance.now() - startedAt;
  const used = readProcessorMs([running.supervisorPid]) - usedBefore;
  const { pss } = readMemory(running.supervisorPid);
  for (const socket of sockets) socket.terminate();
  const messages = viewers === 0 ? null : items / viewers / (elapsed / 1000);
  return { pss, share: (100 * used) / elapsed, messages };
}

async function lookOn(address) {
  const socket = new WebSocket(`${address.replace('http', 'ws')}/live`, 'vigil.live');
  await once(socket, 'open');
  return socket;
}

async function findAddress(running) {
  for (;;) {
    const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(running.output) ?? [];
    if (address !== undefined) return address;
    await wait(50);
  }
}

function createContender(name, http) {
  return {
    name,
    command: ({ port }) => {
      const config = { ports: { server: port }, control: { http: http ?? false } };
      return { args: ['events.cjs'], env: { BENCH_CONFIG: JSON.stringify(config) } };
    },
  };
}
