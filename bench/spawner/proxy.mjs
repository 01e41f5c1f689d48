import { once } from 'node:events';
import { WebSocket } from 'ws';
import { pairRounds, summarize } from '../support/statistics.mjs';
import { takeTurns } from '../support/take-turns.mjs';
import { useSpawner } from './spawners.mjs';

const DIRECT = 'direct';
const PROXIED = 'through the spawner';
const FRAME_BYTES = 64 * 1024;
const IN_FLIGHT = 8;
const FOR_MS = 1000;
const QUICK_MS = 200;

/** What a WebSocket loses by going through the spawner's own port. */
export async function measureProxy({ workplace, rounds, quick, say }) {
  const rates = await useSpawner({ workplace }, async (client) => {
    const { direct, proxied } = await client.spawn();
    const contenders = [
      { name: DIRECT, address: direct },
      { name: PROXIED, address: proxied },
    ];
    return takeTurns(contenders, rounds, async ({ address }) => {
      const rate = await measureRate(address, quick ? QUICK_MS : FOR_MS);
      say();
      return rate;
    });
  });
  const ratio = summarize(
    pairRounds(rates.get(PROXIED), rates.get(DIRECT), (one, other) => one / other),
  );
  return {
    title: 'A WebSocket through the spawner',
    about: `Frames of 64 KB a second that a server sends back, ${IN_FLIGHT} of them under way: client, spawner and server share the processors.`,
    head: ['', 'frames/s', 'quartiles', 'ratio', 'quartiles'],
    rows: [...rates].map(([name, values]) => {
      const { median, low, high } = summarize(values);
      return [
        name,
        showRate(median),
        `${showRate(low)}–${showRate(high)}`,
        ...(name === DIRECT
          ? ['1', '']
          : [ratio.median.toFixed(2), `${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)}`]),
      ];
    }),
    goals: [
      {
        what: 'Frames of 64 KB through the spawner to direct ones',
        measured: ratio.median,
        atLeast: 0.7,
        unit: '×',
      },
    ],
  };
}

async function measureRate(address, forMs) {
  const socket = new WebSocket(address, { perMessageDeflate: false });
  await once(socket, 'open');
  const frame = Buffer.alloc(FRAME_BYTES, 7);
  const startedAt = performance.now();
  let frames = 0;
  const ended = once(socket, 'close');
  socket.on('message', () => {
    frames += 1;
    if (performance.now() - startedAt < forMs) socket.send(frame);
    else socket.close();
  });
  for (let sent = 0; sent < IN_FLIGHT; sent += 1) socket.send(frame);
  await ended;
  return (frames / (performance.now() - startedAt)) * 1000;
}

function showRate(rate) {
  return Math.round(rate).toLocaleString('en');
}
