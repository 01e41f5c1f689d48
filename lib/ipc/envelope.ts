import { isName } from './descriptor.ts';
import { toErrorLike, type ErrorLike } from './error-like.ts';
import { decodeValue } from './value-decoder.ts';

/** What one process tells the other. An envelope carries one packet, or all those of one tick. */
export type Packet =
  | { readonly kind: 'request'; readonly id: number; readonly name: string; readonly args: unknown }
  | { readonly kind: 'response'; readonly id: number; readonly results: unknown[] }
  | { readonly kind: 'failure'; readonly id: number; readonly error: ErrorLike }
  | { readonly kind: 'notice'; readonly name: string; readonly args: unknown }
  | { readonly kind: 'unreadable' };

/** A packet as it travels: its kind's number, then its fields; a last 1 says that the value is a table. */
export type WirePacket = [kind: number, ...fields: unknown[]];

/** `[mark, version, packet, packet, …]`: arrays cost half of what objects cost to write and read. */
export type Envelope = readonly [mark: string, version: number, ...packets: WirePacket[]];

export const REQUEST = 0;
export const RESPONSE = 1;
export const FAILURE = 2;
export const NOTICE = 3;

const MARK = '@vigil';
const VERSION = 1;

export function createEnvelope(entries: readonly { readonly packet: WirePacket }[]): Envelope {
  const envelope: [string, number, ...WirePacket[]] = [MARK, VERSION];
  for (const { packet } of entries) envelope.push(packet);
  return envelope;
}

/** Whether a message on a shared channel is traffic of ours, of whatever version; to hide it from other listeners. */
export function isEnvelope(message: unknown): boolean {
  return Array.isArray(message) && message[0] === MARK;
}

/**
 * Reads a message from the other process. Whatever arrives, nothing is thrown.
 *
 * @returns null when the message is not ours or of another version; a packet that makes no sense becomes 'unreadable'
 */
export function parseEnvelope(message: unknown): Packet[] | null {
  if (
    !Array.isArray(message) ||
    message[0] !== MARK ||
    message[1] !== VERSION ||
    message.length < 3
  )
    return null;
  const packets: Packet[] = [];
  for (let i = 2; i < message.length; i++) packets.push(parsePacket(message[i]));
  return packets;
}

const UNREADABLE: Packet = { kind: 'unreadable' };

function parsePacket(packet: unknown): Packet {
  if (!Array.isArray(packet)) return UNREADABLE;
  try {
    return PARSERS[packet[0] as number]?.(packet) ?? UNREADABLE;
  } catch {
    return UNREADABLE;
  }
}

type ParsePacket = (packet: readonly unknown[]) => Packet;

const PARSERS: readonly ParsePacket[] = [parseRequest, parseResponse, parseFailure, parseNotice];

function parseRequest(packet: readonly unknown[]): Packet {
  const id = packet[1];
  const name = packet[2];
  if (!isId(id) || !isName(name)) return UNREADABLE;
  return { kind: 'request', id, name, args: unpack(packet[3], packet[4]) };
}

function parseResponse(packet: readonly unknown[]): Packet {
  const id = packet[1];
  const results = unpack(packet[2], packet[3]);
  return isId(id) && Array.isArray(results) ? { kind: 'response', id, results } : UNREADABLE;
}

function parseFailure(packet: readonly unknown[]): Packet {
  const id = packet[1];
  return isId(id) ? { kind: 'failure', id, error: toErrorLike(packet[2]) } : UNREADABLE;
}

function parseNotice(packet: readonly unknown[]): Packet {
  const name = packet[1];
  return isName(name) ? { kind: 'notice', name, args: unpack(packet[2], packet[3]) } : UNREADABLE;
}

function isId(id: unknown): id is number {
  return Number.isSafeInteger(id);
}

function unpack(value: unknown, packed: unknown): unknown {
  return packed === 1 ? decodeValue(value) : value;
}
