import { manage } from '../../lib/ipc/promisified-ipc-manager.ts';
import type { Broker } from '../../lib/jobs/broker.ts';
import * as messages from '../../lib/jobs/ipc/broker-messages.ts';
import { connectBroker } from '../../lib/jobs/ipc/connect-broker.ts';
import { serveBroker } from '../../lib/jobs/ipc/serve-broker.ts';
import { openBroker } from '../../lib/jobs/open-broker.ts';
import { WorkerLink } from '../../lib/jobs/pool/worker-link.ts';
import { systemClock } from '../../lib/util/clock.ts';
import { createPair, deliverAll } from '../ipc/channel-pair.ts';
import { fuzzParser } from './fuzz-parser.ts';

const NAMES = [
  ...Object.values(messages).map(({ name }) => name),
  ...['consumes', 'beat', 'crashed', 'exits', 'unloadable', 'trouble'].map(
    (name) => `jobs:${name}`,
  ),
];

/** What came, as the arguments of each message there is, as a request and as a notice. */
function packetsOf(bytes: Buffer): unknown[] {
  let args: unknown;
  try {
    args = JSON.parse(bytes.toString());
  } catch {
    return [];
  }
  return [
    args,
    ...NAMES.flatMap((name, id) => [
      ['@vigil/1', 0, 1000 + id, name, args],
      ['@vigil/1', 4, name, args],
    ]),
  ];
}

describe('what a process of workers says', () => {
  let inner: Broker;

  beforeEach(async () => {
    inner = await openBroker('memory:');
  });
  afterEach(() => inner.close());

  fuzzParser({
    name: 'worker-messages',
    words: [
      '{',
      '}',
      '"consumer":',
      '"delivery":',
      '"mailbox":',
      'null',
      '[',
      ',',
      '1',
      '"how":"ack"',
    ],
    runs: 60,
    read: async (bytes) => {
      const [left, right] = createPair();
      const link = new WorkerLink({
        channel: left,
        clock: systemClock,
        noteFile: '/nowhere/note',
        onConsumes: () => undefined,
        onBeat: () => undefined,
        onUnloadable: () => undefined,
        warn: () => undefined,
      });
      const door = serveBroker(inner, link.ipc);
      for (const packet of packetsOf(bytes)) left.receive(packet);
      await deliverAll(left, right);
      const answer = manage(right).emit(messages.HELLO, undefined);
      await deliverAll(left, right);
      expect((await answer).results).toEqual(['up']);
      link.readCrashNote();
      await door.close();
      link.close();
      left.close();
      right.close();
    },
  });
});

describe('what the process that has the broker says', () => {
  let inner: Broker;

  beforeEach(async () => {
    inner = await openBroker('memory:');
  });
  afterEach(() => inner.close());

  fuzzParser({
    name: 'worker-messages',
    words: [
      '{',
      '}',
      '"consumer":',
      '"delivery":',
      '"mailbox":',
      'null',
      '[',
      ',',
      '1',
      '"state":"away"',
    ],
    runs: 60,
    read: async (bytes) => {
      const [left, right] = createPair();
      const door = serveBroker(inner, manage(left));
      const connecting = connectBroker(manage(right), { onDisconnect: () => undefined });
      await deliverAll(left, right);
      const broker = await connecting;
      for (const packet of packetsOf(bytes)) right.receive(packet);
      await deliverAll(left, right);
      expect(typeof broker.state).toBe('string');
      await broker.close();
      await door.close();
      left.close();
      right.close();
    },
  });
});
