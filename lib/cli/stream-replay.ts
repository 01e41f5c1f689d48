import { VigilError } from '../errors.ts';
import { readLwesJournal } from '../lwes/journal-reader.ts';
import { replayLwesJournal } from '../lwes/journal-replay.ts';
import { writeLwesAddress } from '../lwes/lwes-address.ts';
import { LwesEmitter } from '../lwes/lwes-emitter.ts';
import { countOf } from './count-of.ts';
import { EXIT } from './exit-codes.ts';
import { createInterruption } from './interruption.ts';
import { INTERFACE_FLAG, readChannel, readNumber, TTL_FLAG } from './stream-address.ts';
import type { Verb, VerbArguments, VerbFlag } from './verb.ts';

const SPEED_FLAG: VerbFlag = {
  name: 'speed',
  kind: 'text',
  value: 'X',
  describe: '1 as they came (default), 10 ten times faster, max',
  completes: ['1', '10', 'max'],
};

const HIGHEST_SPEED = 1e6;
const HIGHEST_TTL = 255;

/** `vigil stream replay`. @lazy */
export const streamReplayVerb: Verb = {
  name: 'stream replay',
  describe: 'sends the events of a journal again',
  words: [{ name: 'file', describe: 'a journal, packed or not', completes: 'files' }],
  flags: [
    { name: 'to', kind: 'text', value: 'IP:PORT', describe: 'where to' },
    SPEED_FLAG,
    INTERFACE_FLAG,
    TTL_FLAG,
  ],
  examples: [
    'vigil stream replay events.log.gz --to 127.0.0.1:9191',
    'vigil stream replay events.log --to 224.0.0.69:9191 --speed 10',
  ],
  async run({ arguments: given, clock, output }) {
    if (given.text('to') === undefined)
      throw new VigilError('ERR_USAGE', 'vigil stream replay needs --to IP:PORT');
    const channel = readChannel(given, 'to');
    const speed = readSpeed(given);
    const ttl = readNumber(given, TTL_FLAG, { least: 0, most: HIGHEST_TTL });
    const sink = new LwesEmitter(
      { ...channel, ...(ttl === undefined ? {} : { ttl }) },
      {
        clock,
        onTrouble: (error) => {
          output.note(error.message);
        },
      },
    );
    const signal = createInterruption();
    try {
      const records = readLwesJournal(given.text('file') ?? '');
      await replayLwesJournal(records, { sink, speed, clock, signal });
    } finally {
      await sink.close();
      const { sent, failed, dropped } = sink.stats;
      output.print(`sent ${countOf(sent, 'event')} to ${writeLwesAddress(channel)}`);
      if (failed + dropped > 0) output.note(`${countOf(failed + dropped, 'event')} not sent`);
    }
    return sink.stats.failed + sink.stats.dropped > 0 ? EXIT.failed : EXIT.ok;
  },
};

function readSpeed(given: VerbArguments): number {
  const text = given.text(SPEED_FLAG.name);
  if (text === 'max') return Infinity;
  const factor = text?.replace(/^x|x$/i, '');
  const range = { least: 0.001, most: HIGHEST_SPEED, isWhole: false };
  const plain = { ...given, text: () => factor };
  return readNumber(plain, SPEED_FLAG, range) ?? 1;
}
