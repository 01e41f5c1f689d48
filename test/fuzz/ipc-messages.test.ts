import { createEnvelope, NOTICE, parseEnvelope, REQUEST } from '../../lib/ipc/envelope.ts';
import { fromErrorLike, toErrorLike } from '../../lib/ipc/error-like.ts';
import { packValue } from '../../lib/ipc/packed-value.ts';
import { manage } from '../../lib/ipc/promisified-ipc-manager.ts';
import { heartbeatMessage } from '../../lib/session/contract.ts';
import { isSoundMessage } from '../../lib/session/monitor/message-shapes.ts';
import { createPair, deliverAll } from '../ipc/channel-pair.ts';
import { fuzzParser } from './fuzz-parser.ts';

const KINDS = ['request', 'response', 'failure', 'notice', 'unreadable'];
/** Of an error ten texts of at most 20,000 characters are kept, one below the other. */
const MOST_OF_AN_ERROR = 2_000_000;

/** As Node reads a line of the channel; what is no JSON never gets further. */
function readLine(bytes: Buffer): { readonly message: unknown } | null {
  try {
    return { message: JSON.parse(bytes.toString()) as unknown };
  } catch {
    return null;
  }
}

describe('a message of the other process', () => {
  fuzzParser({
    name: 'ipc-messages',
    words: [
      '[',
      ']',
      '["@vigil/1",',
      '"',
      ',',
      '0',
      '5',
      '[1]',
      '"E"',
      '"cause",',
      '{"cause":',
      '}',
    ],
    runs: 1200,
    read: async (bytes) => {
      const line = readLine(bytes);
      if (line === null) return;
      const packets = parseEnvelope(line.message) ?? [];
      expect(packets.length).toBeLessThanOrEqual(bytes.length);
      for (const packet of packets) expect(KINDS).toContain(packet.kind);
      const error = toErrorLike(line.message);
      expect(JSON.stringify(error).length).toBeLessThan(MOST_OF_AN_ERROR);
      expect(fromErrorLike(error)).toBeDefined();
      expect(typeof isSoundMessage(heartbeatMessage.name, line.message)).toBe('boolean');
      await expectStillServed(line.message);
    },
  });

  it('is packed as it is kept in the corpus', () => {
    const value = { at: new Date(0), many: new Map([[1n, new Set([NaN])]]), text: 'x' };
    const { value: table, packed } = packValue(value, false);
    expect(packed).toBe(true);
    expect(parseEnvelope(createEnvelope([{ packet: [REQUEST, 1, 'a', table, 1] }]))).toEqual([
      { kind: 'request', id: 1, name: 'a', args: value },
    ]);
    expect(parseEnvelope(createEnvelope([{ packet: [NOTICE, 'a', 1] }]))).toHaveLength(1);
  });
});

/** Whatever came, the next request is answered. */
async function expectStillServed(message: unknown): Promise<void> {
  const [left, right] = createPair();
  const ours = manage(left);
  const other = manage(right);
  ours.on('echo', (args: unknown) => args);
  left.receive(message);
  // It may hold requests of its own, whose answers are nobody's.
  await deliverAll(left, right);
  const answer = other.emit('echo', 7);
  await deliverAll(left, right);
  expect((await answer).results).toEqual([7]);
  ours.destroy();
  other.destroy();
  left.close();
}
