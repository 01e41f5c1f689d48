import { VigilError } from '../../errors.ts';
import {
  LONGEST_REMAINDER,
  type MqttPacket,
  type MqttPublish,
  PACKET_TYPE,
} from './mqtt-packet.ts';

const LEVEL = 4;
const CLEAN_SESSION = 0x02;
const MOST_TEXT_BYTES = 65_535;

/**
 * The bytes of a packet.
 *
 * @throws ERR_FLEET_MESSAGE when a text or the whole is longer than MQTT can say
 */
export function encodePacket(packet: MqttPacket): Buffer {
  switch (packet.kind) {
    case 'connect':
      return frame('connect', [
        encodeText('MQTT'),
        // No keep-alive: who wants to know whether the other is there pings.
        Buffer.from([LEVEL, CLEAN_SESSION, 0, 0]),
        encodeText(packet.clientId),
      ]);
    case 'connack':
      return frame('connack', [Buffer.from([0, packet.returnCode])]);
    case 'publish':
      return encodePublish(packet);
    default:
      return frame(packet.kind, []);
  }
}

function encodePublish({ topic, payload }: MqttPublish): Buffer {
  return frame('publish', [encodeText(topic), payload]);
}

function frame(kind: MqttPacket['kind'], parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (length > LONGEST_REMAINDER) throw tooLong(`a packet of ${String(length)} bytes`);
  return Buffer.concat([Buffer.from([PACKET_TYPE[kind] << 4, ...encodeLength(length)]), ...parts]);
}

/** Seven bits a byte, the lowest first; the eighth says that more follow. */
function encodeLength(length: number): number[] {
  const bytes: number[] = [];
  let rest = length;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low | 0x80 : low);
  } while (rest > 0);
  return bytes;
}

function encodeText(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length > MOST_TEXT_BYTES) throw tooLong(`a text of ${String(bytes.length)} bytes`);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function tooLong(what: string): VigilError {
  return new VigilError('ERR_FLEET_MESSAGE', `${what} is longer than MQTT can say`);
}
