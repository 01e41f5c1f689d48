import { VigilError } from '../errors.ts';
import { encodeEvent } from '../lwes/encode-event.ts';
import { LwesEmitter } from '../lwes/lwes-emitter.ts';
import { writeLwesAddress } from '../lwes/lwes-address.ts';
import { waitFor } from '../util/clock.ts';
import { countOf } from './count-of.ts';
import { EXIT } from './exit-codes.ts';
import { createInterruption } from './interruption.ts';
import { parseAttribute } from './parse-attribute.ts';
import {
  CHANNEL_WORD,
  INTERFACE_FLAG,
  readChannel,
  readNumber,
  TTL_FLAG,
} from './stream-address.ts';
import type { Verb, VerbArguments, VerbCall, VerbFlag } from './verb.ts';

const COUNT_FLAG: VerbFlag = {
  name: 'count',
  alias: 'n',
  kind: 'number',
  describe: 'how many of it (default 1); {i} in a value is its number',
};
const RATE_FLAG: VerbFlag = {
  name: 'rate',
  kind: 'number',
  describe: 'how many a second (default: as fast as it goes)',
};
const HEARTBEAT_FLAG: VerbFlag = {
  name: 'heartbeat',
  kind: 'number',
  value: 'SECONDS',
  describe: 'seconds between heartbeats; also tells start and end',
};

const MOST_EVENTS = 1e9;
const HIGHEST_RATE = 1e6;
const LONGEST_HEARTBEAT_SECONDS = 32_767;
const HIGHEST_TTL = 255;

/** `vigil stream emit`. @lazy */
export const streamEmitVerb: Verb = {
  name: 'stream emit',
  describe: 'sends an event, or many of it',
  words: [
    CHANNEL_WORD,
    { name: 'name', describe: 'name of the event' },
    {
      name: 'key:type=value',
      describe: 'an attribute; type is string when it is left out',
      isOptional: true,
      isRepeated: true,
    },
  ],
  flags: [COUNT_FLAG, RATE_FLAG, HEARTBEAT_FLAG, INTERFACE_FLAG, TTL_FLAG],
  examples: [
    'vigil stream emit 224.0.0.69:9191 Search term=pizza lat:double=51.5',
    'vigil stream emit 127.0.0.1:9191 Tick n:uint32={i} -n 1000 --rate 100',
    `vigil stream emit 127.0.0.1:9191 T 'v:nullable uint16[]=7,null,9'`,
  ],
  async run(call) {
    const given = call.arguments;
    const plan = readPlan(given);
    const address = readChannel(given);
    const heartbeatSeconds = readNumber(given, HEARTBEAT_FLAG, {
      least: 0,
      most: LONGEST_HEARTBEAT_SECONDS,
      isWhole: false,
    });
    const ttl = readNumber(given, TTL_FLAG, { least: 0, most: HIGHEST_TTL });
    const write = createWriter(given);
    write(1);
    const emitter = new LwesEmitter(
      {
        ...address,
        ...(heartbeatSeconds === undefined ? {} : { heartbeatSeconds }),
        ...(ttl === undefined ? {} : { ttl }),
      },
      {
        clock: call.clock,
        onTrouble: (error) => {
          call.output.note(error.message);
        },
      },
    );
    await sendAll(plan, { emitter, write, call });
    await emitter.close();
    const { sent, failed, dropped } = emitter.stats;
    call.output.print(`sent ${countOf(sent, 'event')} to ${writeLwesAddress(address)}`);
    if (failed + dropped > 0) call.output.note(`${countOf(failed + dropped, 'event')} not sent`);
    return failed + dropped > 0 ? EXIT.failed : EXIT.ok;
  },
};

interface Plan {
  readonly count: number;
  readonly rate: number;
}

function readPlan(given: VerbArguments): Plan {
  return {
    count: readNumber(given, COUNT_FLAG, { least: 1, most: MOST_EVENTS }) ?? 1,
    rate:
      readNumber(given, RATE_FLAG, { least: 0.001, most: HIGHEST_RATE, isWhole: false }) ??
      Infinity,
  };
}

type Writer = (index: number) => Buffer;

/** Writes the event of that number; what holds no number is written once. @throws ERR_USAGE */
function createWriter(given: VerbArguments): Writer {
  const name = given.text('name') ?? '';
  const words = given.list('key:type=value');
  const write = (index: number): Buffer => {
    const attributes = words.map((word) => parseAttribute(word.replaceAll('{i}', String(index))));
    try {
      return encodeEvent({ name, attributes }, { allowEmptyArrays: true });
    } catch (error) {
      throw new VigilError('ERR_USAGE', (error as Error).message, { cause: error });
    }
  };
  if (words.some((word) => word.includes('{i}'))) return write;
  const bytes = write(1);
  return () => bytes;
}

interface Sending {
  readonly emitter: LwesEmitter;
  readonly write: Writer;
  readonly call: VerbCall;
}

/** How many are sent before others get their turn. */
const BATCH = 64;

async function sendAll({ count, rate }: Plan, { emitter, write, call }: Sending): Promise<void> {
  const signal = createInterruption();
  const startedAt = call.clock.now();
  for (let index = 1; index <= count; index++) {
    const waitMs = startedAt + ((index - 1) * 1000) / rate - call.clock.now();
    if (waitMs >= 1) await waitFor(call.clock, waitMs, signal);
    if (signal.aborted) return;
    emitter.emitBytes(write(index));
    if (index % BATCH > 0) continue;
    await emitter.flush();
    await new Promise(setImmediate);
  }
}
