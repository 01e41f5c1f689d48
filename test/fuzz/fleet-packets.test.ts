import {
  errorTextOf,
  parseAdminMessage,
  readPayload,
} from '../../lib/fleet/protocol/admin-message.ts';
import { MqttDecoder } from '../../lib/fleet/protocol/mqtt-decoder.ts';
import type { MqttPacket } from '../../lib/fleet/protocol/mqtt-packet.ts';
import {
  parseRegistration,
  parseRegistrationAnswer,
} from '../../lib/fleet/protocol/registration.ts';
import { VigilError } from '../../lib/errors.ts';
import { fuzzParser } from './fuzz-parser.ts';

const MOST_BYTES = 4096;
const HEAD_BYTES = 5;

describe('what is sent to a master of a fleet', () => {
  fuzzParser({
    name: 'fleet-packets',
    words: [
      '\u0010',
      '\u0030',
      '\u00c0\u0000',
      '\u00e0\u0000',
      '\u0000\u0004MQTT\u0004',
      '{"type":"monitor"',
      '"id":',
      '{"a":',
      '[',
      '\u007f',
      '\u0001',
    ],
    runs: 1500,
    read: (bytes) => {
      const whole = decode([bytes]);
      const middle = bytes.length >> 1;
      expect(decode([bytes.subarray(0, middle), bytes.subarray(middle)])).toEqual(whole);
      for (const packet of whole.packets) if (packet.kind === 'publish') readAll(packet.payload);
    },
  });
});

function decode(chunks: readonly Buffer[]): { packets: MqttPacket[]; isRefused: boolean } {
  const decoder = new MqttDecoder(MOST_BYTES);
  const packets: MqttPacket[] = [];
  try {
    for (const chunk of chunks) for (const packet of decoder.push(chunk)) packets.push(packet);
  } catch (error) {
    expectCoded(error);
    return { packets, isRefused: true };
  }
  expect(decoder.pendingBytes).toBeLessThanOrEqual(MOST_BYTES + HEAD_BYTES);
  return { packets, isRefused: false };
}

/** A payload may be anything, in whatever state its sender is. */
function readAll(payload: Buffer): void {
  try {
    const value = readPayload(payload);
    const registration = parseRegistration(value);
    if (typeof registration !== 'string') expect(registration.id).toMatch(/^\P{C}{1,128}$/u);
    const answer = parseRegistrationAnswer(value);
    if (answer !== null) expect([1, -1]).toContain(answer.code);
    const message = parseAdminMessage(value);
    if (message?.kind === 'answer') errorTextOf(message.error);
    else if (message !== null) expect(message.moduleId?.length ?? 0).toBeLessThanOrEqual(256);
  } catch (error) {
    expectCoded(error);
  }
}

function expectCoded(error: unknown): void {
  if (!(error instanceof VigilError)) throw error;
  expect(error.code).toBe('ERR_FLEET_MESSAGE');
  expect(error.message.length).toBeLessThan(500);
}
