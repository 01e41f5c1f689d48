import { writeLwesAddress, type LwesAddress } from '../lwes/lwes-address.ts';
import { LwesJournalWriter } from '../lwes/journal-writer.ts';
import { LwesListener } from '../lwes/lwes-listener.ts';
import { createDeferred } from '../util/deferred.ts';
import { countOf } from './count-of.ts';
import { EXIT } from './exit-codes.ts';
import { createInterruption } from './interruption.ts';
import { writeEventJson, writeEventLine } from './lwes-event-text.ts';
import { CHANNEL_WORD, INTERFACE_FLAG, readChannel, readNumber } from './stream-address.ts';
import type { Verb, VerbArguments, VerbCall, VerbFlag } from './verb.ts';

const COUNT_FLAG: VerbFlag = {
  name: 'count',
  alias: 'n',
  kind: 'number',
  describe: 'end after so many events',
};
const MEGABYTES_FLAG: VerbFlag = {
  name: 'rotate-mb',
  kind: 'number',
  describe: 'begin a new journal before it is larger',
};
const SECONDS_FLAG: VerbFlag = {
  name: 'rotate-seconds',
  kind: 'number',
  value: 'SECONDS',
  describe: 'begin a new journal when it is older',
};

const MOST = 1e9;
const BYTES_PER_MEGABYTE = 1e6;

/** `vigil stream listen`. @lazy */
export const streamListenVerb: Verb = {
  name: 'stream listen',
  describe: 'shows the events of a channel, and keeps them',
  words: [CHANNEL_WORD],
  flags: [
    COUNT_FLAG,
    {
      name: 'journal',
      kind: 'text',
      value: 'FILE',
      completes: 'files',
      describe: 'keep every datagram in it, packed when it ends in .gz',
    },
    MEGABYTES_FLAG,
    SECONDS_FLAG,
    INTERFACE_FLAG,
    { name: 'quiet', kind: 'switch', describe: 'print no events' },
    { name: 'json', kind: 'switch', describe: 'print one JSON object a line' },
  ],
  examples: [
    'vigil stream listen 224.1.1.11:12345',
    'vigil stream listen 127.0.0.1:9191 --json -n 10',
    'vigil stream listen 224.0.0.69:9191 --journal events.log.gz --rotate-mb 100',
  ],
  async run(call) {
    const channel = readChannel(call.arguments);
    const most = readNumber(call.arguments, COUNT_FLAG, { least: 1, most: MOST }) ?? Infinity;
    const journal = await openJournal(call);
    const listener = new LwesListener(
      { ...channel, receiverAttributes: call.arguments.isOn('json') ? 'add' : 'none' },
      { clock: call.clock },
    );
    const shown = show(listener, most, call);
    if (journal !== undefined) {
      listener.on('datagram', (datagram) => {
        if (!shown.isOver()) journal.write(datagram);
      });
    }
    try {
      await listener.start();
      call.output.note(`listening at ${writeLwesAddress(channel)}`);
      await Promise.race([shown.ended, waitForInterruption()]);
    } finally {
      await listener.close();
      await journal?.close();
    }
    return conclude({ listener, journal, channel, shown }, call);
  },
};

async function openJournal({ arguments: given, clock, output }: VerbCall) {
  const path = given.text('journal');
  const options = readRotation(given);
  if (path === undefined) return undefined;
  return LwesJournalWriter.open(
    { path, ...options },
    {
      clock,
      onTrouble: (error) => {
        output.note(`${error.message}; events are lost until it can`);
      },
    },
  );
}

function readRotation(given: VerbArguments): { maxFileBytes?: number; maxAgeSeconds?: number } {
  const range = { least: 0.001, most: MOST, isWhole: false };
  const megabytes = readNumber(given, MEGABYTES_FLAG, range);
  const maxAgeSeconds = readNumber(given, SECONDS_FLAG, range);
  return {
    ...(megabytes === undefined ? {} : { maxFileBytes: megabytes * BYTES_PER_MEGABYTE }),
    ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
  };
}

interface Shown {
  /** Resolves when there were as many as were asked for. */
  readonly ended: Promise<void>;
  isOver(): boolean;
  readonly count: number;
  readonly left: number;
}

function show(listener: LwesListener, most: number, { arguments: given, output }: VerbCall): Shown {
  const counts = { count: 0, left: 0 };
  const enough = createDeferred();
  const write = given.isOn('json') ? writeEventJson : writeEventLine;
  const isQuiet = given.isOn('quiet');
  listener.on('event', (event, datagram) => {
    if (counts.count >= most) return;
    counts.count += 1;
    if (!isQuiet) {
      if (output.isBehind) counts.left += 1;
      else output.print(write(event, datagram));
    }
    if (counts.count >= most) enough.resolve();
  });
  listener.on('trouble', (error) => {
    output.note(error.message);
  });
  listener.on('dropped', (count) => {
    output.note(`the kernel dropped ${countOf(count, 'datagram')} that were not read in time`);
  });
  return {
    ended: enough.promise,
    isOver: () => counts.count >= most,
    get count() {
      return counts.count;
    },
    get left() {
      return counts.left;
    },
  };
}

function waitForInterruption(): Promise<void> {
  const signal = createInterruption();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}

interface Heard {
  readonly listener: LwesListener;
  readonly journal: LwesJournalWriter | undefined;
  readonly channel: LwesAddress;
  readonly shown: Shown;
}

function conclude({ listener, journal, channel, shown }: Heard, { output }: VerbCall): number {
  const { malformed, malformedBy, kernelDrops } = listener.stats;
  const causes = Object.entries(malformedBy).map(([fault, count]) => `${fault} ${count}`);
  const parts = [
    `${countOf(shown.count, 'event')} from ${writeLwesAddress(channel)}`,
    `${malformed} malformed${causes.length === 0 ? '' : ` (${causes.join(', ')})`}`,
    `${kernelDrops ?? 'an unknown number'} dropped by the kernel`,
    ...(shown.left === 0 ? [] : [`${shown.left} not printed, as nobody read them in time`]),
  ];
  output.note(parts.join(', '));
  if (journal === undefined) return EXIT.ok;
  const { written, lost } = journal.stats;
  output.note(`journal: ${countOf(written, 'datagram')} written, ${lost} lost`);
  return lost > 0 ? EXIT.failed : EXIT.ok;
}
