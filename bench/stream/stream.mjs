import { summarize } from '../support/statistics.mjs';
import { BATCH, EVENTS_PER_SECOND, measureFanOut } from './fan-out.mjs';

const FEW = 10;
const MANY = 1000;
const CURVE = [1, 10, 50];
const CURVE_CLIENTS = 50;
/** Of a frame, what stands before its text. */
const HEAD_BYTES = 4;

/** What it costs to serve many clients of one configuration, beside a plain broadcast of the same frames. */
export async function measureStream({ workplace, rounds, quick, say }) {
  const base = { root: workplace.vigil, mark: workplace.mark, seconds: quick ? 2 : 5 };
  const found = [];
  const curve = new Map(CURVE.map((configs) => [configs, []]));
  for (let round = 0; round < Math.min(rounds, 5); round += 1) {
    found.push(await measureRound(base));
    for (const configs of CURVE) {
      const place = { ...base, clients: CURVE_CLIENTS, configs };
      curve.get(configs).push((await measureFanOut('stream', place)).usedMs);
    }
    say();
  }
  const median = (read) => summarize(found.map(read)).median;
  return {
    title: 'Event stream',
    about: `${EVENTS_PER_SECOND.toLocaleString('en')} events arrive in a second, in batches of ${BATCH} they go to clients of one configuration. Beside it a broadcast by \`ws\` of as many frames of the same size. Below, ${CURVE_CLIENTS} clients with some different configurations: the cost grows with those.`,
    head: ['', 'stream', 'broadcast of the frames alone'],
    rows: [
      ...[FEW, MANY].map((clients) => [
        `${clients} clients`,
        writeTime(median((one) => one[clients].stream)),
        writeTime(median((one) => one[clients].floor)),
      ]),
      ...CURVE.map((configs) => [
        `${CURVE_CLIENTS} clients, ${configs} configuration${configs === 1 ? '' : 's'}`,
        writeTime(summarize(curve.get(configs)).median),
        '',
      ]),
    ],
    goals: [
      {
        what: `Cost of ${MANY} clients to that of ${FEW}, the writing of the frames taken off`,
        measured: median(({ [FEW]: few, [MANY]: many }) =>
          Math.max(0, (many.stream - many.floor) / (few.stream - few.floor)),
        ),
        atMost: 3,
        unit: 'times',
      },
      {
        what: 'Frames sent for the same cost as by a plain broadcast',
        measured: median(
          ({ [FEW]: few, [MANY]: many }) =>
            (many.floor - few.floor) / Math.max(1, many.stream - few.stream),
        ),
        atLeast: 0.8,
        unit: 'times as many',
      },
    ],
  };
}

async function measureRound(base) {
  const round = {};
  for (const clients of [FEW, MANY]) {
    const stream = await measureFanOut('stream', { ...base, clients });
    const bytes = Math.round((stream.bytes * BATCH) / (base.seconds * EVENTS_PER_SECOND));
    const place = { ...base, clients, bytes: bytes - HEAD_BYTES };
    round[clients] = {
      stream: stream.usedMs,
      floor: (await measureFanOut('broadcast', place)).usedMs,
    };
  }
  return round;
}

function writeTime(ms) {
  return `${ms.toFixed(0)} ms in a second`;
}
