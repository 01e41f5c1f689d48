import fc from 'fast-check';
import { generate, parser, type Packet } from 'mqtt-packet';
import { MqttDecoder } from '../../lib/fleet/protocol/mqtt-decoder.ts';
import { encodePacket } from '../../lib/fleet/protocol/mqtt-encoder.ts';
import type { MqttPacket } from '../../lib/fleet/protocol/mqtt-packet.ts';

const LIMIT = 1024 * 1024;

const topic = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }).filter(
  // The library takes neither wildcards nor a null character in a topic.
  (text) => !/[#+\0]/.test(text),
);
const payload = fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes));
const clientId = fc.stringMatching(/^[\w-]{1,23}$/);

const packets: fc.Arbitrary<MqttPacket> = fc.oneof(
  fc.record({ kind: fc.constant('publish' as const), topic, payload }),
  fc.record({ kind: fc.constant('connect' as const), clientId }),
  fc.record({ kind: fc.constant('connack' as const), returnCode: fc.integer({ min: 0, max: 5 }) }),
  fc.constantFrom(
    { kind: 'pingreq' as const },
    { kind: 'pingresp' as const },
    { kind: 'disconnect' as const },
  ),
);

/** What the library says the same as. */
function toForeign(packet: MqttPacket): Packet {
  switch (packet.kind) {
    case 'publish':
      return { cmd: 'publish', qos: 0, dup: false, retain: false, ...packet };
    case 'connect':
      return {
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: 4,
        clean: true,
        keepalive: 0,
        clientId: packet.clientId,
      };
    case 'connack':
      return { cmd: 'connack', returnCode: packet.returnCode, sessionPresent: false };
    default:
      return { cmd: packet.kind };
  }
}

function decodeAll(chunks: readonly Uint8Array[], limit = LIMIT): MqttPacket[] {
  const decoder = new MqttDecoder(limit);
  return chunks.flatMap((chunk) =>
    [...decoder.push(Buffer.from(chunk))].map((packet) =>
      packet.kind === 'publish' ? { ...packet, payload: Buffer.from(packet.payload) } : packet,
    ),
  );
}

/** Cuts bytes where the numbers say. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort(
    (a, b) => a - b,
  );
  return [...ends, bytes.length].map((end, at) => bytes.subarray(ends[at - 1] ?? 0, end));
}

describe('encodePacket', () => {
  it('writes what an independent library writes', () => {
    fc.assert(
      fc.property(packets, (packet) => {
        expect(encodePacket(packet).equals(generate(toForeign(packet)))).toBe(true);
      }),
    );
  });

  it('writes what an independent library reads', () => {
    fc.assert(
      fc.property(fc.array(packets, { maxLength: 6 }), (many) => {
        const read: Packet[] = [];
        const foreign = parser({ protocolVersion: 4 });
        foreign.on('packet', (packet: Packet) => read.push(packet));
        foreign.on('error', (error: Error) => {
          throw error;
        });
        foreign.parse(Buffer.concat(many.map(encodePacket)));
        expect(read.map(({ cmd }) => cmd)).toEqual(many.map(({ kind }) => kind));
        expect(read.map((packet) => ('payload' in packet ? packet.payload : null))).toEqual(
          many.map((packet) => (packet.kind === 'publish' ? packet.payload : null)),
        );
      }),
    );
  });

  it('refuses a topic that is longer than MQTT can say', () => {
    const packet = {
      kind: 'publish',
      topic: 'x'.repeat(65_536),
      payload: Buffer.alloc(0),
    } as const;
    expect(() => encodePacket(packet)).toThrow(
      expect.objectContaining({ code: 'ERR_FLEET_MESSAGE' }),
    );
  });
});

describe('MqttDecoder', () => {
  it('reads what an independent library has written, wherever the bytes are cut', () => {
    const places = fc.array(fc.nat(4000), { maxLength: 8 });
    fc.assert(
      fc.property(fc.array(packets, { maxLength: 6 }), places, (many, ends) => {
        const bytes = Buffer.concat(many.map((packet) => generate(toForeign(packet))));
        expect(decodeAll(cut(bytes, ends))).toEqual(many);
      }),
    );
  });

  it('reads packets that come byte by byte', () => {
    const many: MqttPacket[] = [
      { kind: 'publish', topic: 'client', payload: Buffer.alloc(3000, 'x') },
      { kind: 'pingreq' },
    ];
    const bytes = Buffer.concat(many.map(encodePacket));
    expect(decodeAll([...bytes].map((byte) => Buffer.from([byte])))).toEqual(many);
  });

  it('never throws anything but its own error, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 6 }), (chunks) => {
        try {
          decodeAll(chunks, 1000);
        } catch (error) {
          expect(error).toMatchObject({ code: 'ERR_FLEET_MESSAGE' });
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('survives every byte of a valid stream being changed', () => {
    const bytes = Buffer.concat(
      [
        { kind: 'connect', clientId: 'MQTT_ADMIN_1' } as const,
        { kind: 'publish', topic: 'register', payload: Buffer.from('{"type":"client"}') } as const,
        { kind: 'pingreq' } as const,
      ].map(encodePacket),
    );
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
        const changed = Buffer.from(bytes);
        changed[at] = value;
        try {
          decodeAll([changed], 1000);
        } catch (error) {
          expect(error).toMatchObject({ code: 'ERR_FLEET_MESSAGE' });
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('takes the CONNECT of MQTT 3.1, with a will, a user name and a password', () => {
    const bytes = generate({
      cmd: 'connect',
      protocolId: 'MQIsdp',
      protocolVersion: 3,
      clean: true,
      keepalive: 60,
      clientId: 'MQTT_ADMIN_2',
      will: { topic: 'gone', payload: Buffer.from('x'), qos: 0, retain: false },
      username: 'u',
      password: Buffer.from('p'),
    });
    expect(decodeAll([bytes])).toEqual([{ kind: 'connect', clientId: 'MQTT_ADMIN_2' }]);
  });

  it('refuses a packet that is announced as too long before its bytes come', () => {
    const decoder = new MqttDecoder(1000);
    const head = Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]);
    expect(() => [...decoder.push(head)]).toThrow(
      'a packet of 268435455 bytes came, 1000 are taken',
    );
  });

  it.each([
    ['a length of five bytes', [0x30, 0xff, 0xff, 0xff, 0xff, 0x01]],
    ['a packet of type 0', [0x00, 0x00]],
    ['SUBSCRIBE', [0x82, 0x02, 0x00, 0x01]],
    ['a message of quality 1', [0x32, 0x04, 0x00, 0x01, 0x61, 0x00]],
    ['a PINGREQ with a body', [0xc0, 0x01, 0x00]],
    ['a PINGREQ with flags', [0xc1, 0x00]],
    ['a CONNACK of three bytes', [0x20, 0x03, 0x00, 0x00, 0x00]],
    ['a topic that is cut off', [0x30, 0x03, 0x00, 0x05, 0x61]],
    ['a message without a topic', [0x30, 0x00]],
    ['a CONNECT of another protocol', [0x10, 0x08, 0x00, 0x04, 0x48, 0x54, 0x54, 0x50, 0x04, 0x02]],
  ])('refuses %s', (_, bytes) => {
    expect(() => decodeAll([Buffer.from(bytes)])).toThrow(
      expect.objectContaining({ code: 'ERR_FLEET_MESSAGE' }),
    );
  });

  it('keeps no more than the packet that is not whole', () => {
    const decoder = new MqttDecoder(LIMIT);
    const bytes = encodePacket({ kind: 'publish', topic: 't', payload: Buffer.alloc(100) });
    expect([...decoder.push(Buffer.concat([bytes, bytes, bytes.subarray(0, 7)]))]).toHaveLength(2);
    expect(decoder.pendingBytes).toBe(7);
  });
});
