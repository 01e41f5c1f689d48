import { VigilError } from '../../errors.ts';
import { type MqttPacket, PACKET_TYPE } from './mqtt-packet.ts';

const MOST_LENGTH_BYTES = 4;

interface Head {
  readonly type: number;
  readonly flags: number;
  /** How many bytes the head itself has. */
  readonly size: number;
  readonly remainder: number;
}

/**
 * Cuts packets out of a stream of bytes. Keeps no more than one packet that is not whole yet, and none that is
 * longer than allowed: its length is judged before its bytes are awaited.
 */
export class MqttDecoder {
  /** The longest packet that is taken, without its head, bytes. */
  maxBytes: number;
  #bytes: Buffer = EMPTY;
  /** How many of them are there; the rest is room. */
  #size = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /**
   * The packets that `chunk` completes, one at a time: the limit may be changed between two of them.
   *
   * @throws ERR_FLEET_MESSAGE for what is none of the packets of a fleet; the stream is of no use after that
   */
  *push(chunk: Buffer): Generator<MqttPacket, void, undefined> {
    this.#append(chunk);
    for (let packet = this.#take(); packet !== null; packet = this.#take()) yield packet;
    this.#letGo();
  }

  /** How many bytes wait for the rest of their packet. */
  get pendingBytes(): number {
    return this.#size;
  }

  #append(chunk: Buffer): void {
    if (this.#size === 0) {
      this.#bytes = chunk;
      this.#size = chunk.length;
      return;
    }
    const size = this.#size + chunk.length;
    if (size > this.#bytes.length) {
      // Twice as much each time, so that a packet that comes byte by byte is not copied at each of them.
      const room = Buffer.alloc(size * 2);
      this.#bytes.copy(room, 0, 0, this.#size);
      this.#bytes = room;
    }
    chunk.copy(this.#bytes, this.#size);
    this.#size = size;
  }

  #take(): MqttPacket | null {
    const bytes = this.#bytes.subarray(0, this.#size);
    const head = readHead(bytes);
    if (head === null) return null;
    checkHead(head, this.maxBytes);
    const end = head.size + head.remainder;
    if (bytes.length < end) return null;
    this.#bytes = bytes.subarray(end);
    this.#size = this.#bytes.length;
    return decodeBody(head, bytes.subarray(head.size, end));
  }

  /** A small rest must not keep a large block of memory alive, and the chunk is its sender's. */
  #letGo(): void {
    const isRoom = this.#bytes.length > this.#size;
    if (!isRoom) this.#bytes = Buffer.from(this.#bytes);
  }
}

const EMPTY = Buffer.alloc(0);

/** Null as long as the length is not whole. */
function readHead(bytes: Buffer): Head | null {
  let remainder = 0;
  for (let at = 1; at <= MOST_LENGTH_BYTES; at += 1) {
    const byte = bytes[at];
    if (byte === undefined) return null;
    remainder += (byte & 0x7f) * 128 ** (at - 1);
    if ((byte & 0x80) === 0) {
      const first = bytes[0] ?? 0;
      return { type: first >> 4, flags: first & 0x0f, size: at + 1, remainder };
    }
  }
  throw refused('the length of a packet has more than four bytes');
}

const KNOWN: ReadonlySet<number> = new Set(Object.values(PACKET_TYPE));

function checkHead({ type, flags, remainder }: Head, maxBytes: number): void {
  if (!KNOWN.has(type)) throw refused(`a packet of type ${String(type)} is none of a fleet`);
  if (type === PACKET_TYPE.publish) {
    if ((flags & 0x06) !== 0) throw refused('a message asks for more than quality of service 0');
  } else if (flags !== 0) {
    throw refused(`a packet of type ${String(type)} has flags`);
  }
  if (remainder > maxBytes) {
    const text = `a packet of ${String(remainder)} bytes came, ${String(maxBytes)} are taken`;
    throw refused(text);
  }
}

function decodeBody({ type }: Head, body: Buffer): MqttPacket {
  switch (type) {
    case PACKET_TYPE.connect:
      return decodeConnect(body);
    case PACKET_TYPE.connack:
      if (body.length !== 2) throw refused('a CONNACK has another length than 2');
      return { kind: 'connack', returnCode: body[1] ?? 0 };
    case PACKET_TYPE.publish: {
      const topic = readText(body, 0, 'a topic');
      return { kind: 'publish', topic: topic.text, payload: body.subarray(topic.end) };
    }
    default:
      if (body.length > 0) throw refused(`a packet of type ${String(type)} has a body`);
      return { kind: bodiless(type) };
  }
}

function bodiless(type: number): 'pingreq' | 'pingresp' | 'disconnect' {
  if (type === PACKET_TYPE.pingreq) return 'pingreq';
  return type === PACKET_TYPE.pingresp ? 'pingresp' : 'disconnect';
}

// Level 4 is MQTT 3.1.1; older clients of this protocol speak 3.1, which differs here by the name alone.
const PROTOCOLS: Readonly<Record<string, number>> = { MQTT: 4, MQIsdp: 3 };

/** A will, a user name and a password may follow; they are of no use to a fleet. */
function decodeConnect(body: Buffer): MqttPacket {
  const protocol = readText(body, 0, 'the name of a protocol');
  const level = body[protocol.end];
  if (level === undefined || PROTOCOLS[protocol.text] !== level)
    throw refused('a CONNECT names another protocol than MQTT 3.1.1');
  const flagsAndKeepAlive = 3;
  const { text: clientId } = readText(body, protocol.end + 1 + flagsAndKeepAlive, 'a client id');
  return { kind: 'connect', clientId };
}

function readText(
  body: Buffer,
  at: number,
  what: string,
): { readonly text: string; readonly end: number } {
  if (body.length < at + 2) throw refused(`${what} is cut off`);
  const start = at + 2;
  const end = start + body.readUInt16BE(at);
  if (body.length < end) throw refused(`${what} is cut off`);
  return { text: body.toString('utf8', start, end), end };
}

function refused(why: string): VigilError {
  return new VigilError('ERR_FLEET_MESSAGE', why);
}
