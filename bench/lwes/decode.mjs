import lwes from '../../dist/stream/index.js';
import { pairRounds, summarize } from '../support/statistics.mjs';
import { takeTurns } from '../support/take-turns.mjs';
import { copyFields } from './copy-fields.mjs';

const EVENTS = 400_000;
const QUICK_EVENTS = 100_000;

const SAMPLES = {
  'two attributes': [
    ['enc', 'int16', 1],
    ['n', 'int32', 429],
  ],
  'four attributes': [
    ['term', 'string', 'pizza'],
    ['lat', 'double', 51.5],
    ['lon', 'double', -0.12],
    ['count', 'uint32', 429],
  ],
  'eight, with those of a receiver': [
    ['enc', 'int16', 1],
    ['term', 'string', 'pizza'],
    ['lat', 'double', 51.5],
    ['lon', 'double', -0.12],
    ['count', 'uint32', 429],
    ['ReceiptTime', 'int64', 1_439_588_532_973n],
    ['SenderIP', 'ip_addr', '127.0.0.1'],
    ['SenderPort', 'uint16', 58_206],
  ],
};

/** How fast datagrams become events, beside code that knows beforehand what is in them. */
export async function measureDecode({ rounds, quick, say }) {
  const count = quick ? QUICK_EVENTS : EVENTS;
  const results = [];
  for (const [name, attributes] of Object.entries(SAMPLES)) {
    results.push(await measureSample({ name, attributes, rounds, count }));
    say();
  }
  return {
    title: 'Reading LWES events',
    about:
      'Datagrams read into events in one process, millions a second. Beside it the floor: code written for this one event, which copies its bytes field by field into the same objects, and checks nothing.',
    head: [
      'event',
      'bytes',
      'field by field, M/s',
      'decoder, M/s',
      'quartiles',
      'time to floor',
      'quartiles',
    ],
    rows: results.map(({ name, bytes, floor, decoder, ratio }) => [
      name,
      String(bytes),
      floor.median.toFixed(2),
      decoder.median.toFixed(2),
      spread(decoder),
      ratio.median.toFixed(2),
      spread(ratio),
    ]),
    goals: results.map(({ name, ratio }) => ({
      what: `Reading an LWES event to copying its fields: ${name}`,
      measured: ratio.median,
      atMost: 2,
      unit: '×',
    })),
  };
}

async function measureSample({ name, attributes, rounds, count }) {
  const event = {
    name: 'Search',
    attributes: attributes.map(([own, type, value]) => ({ name: own, type, value })),
  };
  const bytes = lwes.encodeEvent(event);
  const contenders = [
    { name: 'floor', read: (given) => copyFields(given, event.attributes) },
    { name: 'decoder', read: (given) => lwes.tryDecodeEvent(given).event },
  ];
  const rates = await takeTurns(contenders, rounds, ({ read }) => rate(read, bytes, count));
  const [floor, decoder] = [rates.get('floor'), rates.get('decoder')];
  return {
    name,
    bytes: bytes.length,
    floor: summarize(floor),
    decoder: summarize(decoder),
    ratio: summarize(pairRounds(floor, decoder, (one, other) => one / other)),
  };
}

/** Millions a second. */
function rate(read, bytes, count) {
  let seen = 0;
  const before = process.hrtime.bigint();
  for (let index = 0; index < count; index++) seen += read(bytes).attributes.length;
  const took = Number(process.hrtime.bigint() - before);
  if (seen % count !== 0 || seen === 0) throw new Error('an event was read wrongly');
  return (count / took) * 1000;
}

function spread({ low, high }) {
  return `${low.toFixed(2)}–${high.toFixed(2)}`;
}
