import { isName } from './descriptor.ts';
import { MARK } from './envelope-mark.ts';
import { type ErrorLike, toErrorLike } from './error-like.ts';
import { decodeValue } from './value-decoder.ts';

/** What one process tells the other. */
export type Packet =
  | { readonly kind: 'request'; readonly id: number; readonly name: string; readonly args: unknown }
  | { readonly kind: 'response'; readonly id: number; readonly results: unknown[] }
  | { readonly kind: 'failure'; readonly id: number; readonly error: ErrorLike }
  | { readonly kind: 'notice'; readonly name: string; readonly args: unknown }
  | { readonly kind: 'unreadable' };

/** A packet as it travels: the number of its kind, then its fields; a last 1 says that the value is a table. */
export type WirePacket = [kind: number, ...fields: unknown[]];

/** A packet with the mark before it, or the mark, BATCH and several packets. Arrays are quicker than objects here. */
export type Envelope = [mark: string, ...unknown[]];

export const REQUEST = 0;
/** The answer of one handler, the usual case. */
export const RESULT = 1;
/** The answers of none or several handlers. */
export const RESULTS = 2;
export const FAILURE = 3;
export const NOTICE = 4;
const BATCH = 5;

export function createEnvelope(entries: readonly { readonly packet: WirePacket }[]): Envelope {
  const [first] = entries;
  if (entries.length === 1 && first !== undefined) return [MARK, ...first.packet];
  const envelope: Envelope = [MARK, BATCH];
  for (const { packet } of entries) envelope.push(packet);
  return envelope;
}

/**
 * Reads a message from the other process. Whatever arrives, nothing is thrown.
 *
 * @returns null when the message is not ours or of another version; a packet that makes no sense becomes 'unreadable'
 */
export function parseEnvelope(message: unknown): Packet[] | null {
  if (!Array.isArray(message) || message[0] !== MARK) return null;
  if (message[1] !== BATCH) return [parsePacket(message, 1)];
  const packets: Packet[] = [];
  for (let i = 2; i < message.length; i++) packets.push(parsePacket(message[i], 0));
  return packets;
}

const UNREADABLE: Packet = { kind: 'unreadable' };

function parsePacket(source: unknown, at: number): Packet {
  if (!Array.isArray(source)) return UNREADABLE;
  try {
    return PARSERS[source[at] as number]?.(source, at) ?? UNREADABLE;
  } catch {
    return UNREADABLE;
  }
}

const PARSERS: readonly ((source: readonly unknown[], at: number) => Packet)[] = [
  parseRequest,
  parseResult,
  parseResults,
  parseFailure,
  parseNotice,
];

function parseRequest(source: readonly unknown[], at: number): Packet {
  const id = source[at + 1];
  const name = source[at + 2];
  if (!isId(id) || !isName(name)) return UNREADABLE;
  return { kind: 'request', id, name, args: unpack(source, at + 3) };
}

function parseResult(source: readonly unknown[], at: number): Packet {
  const id = source[at + 1];
  return isId(id) ? { kind: 'response', id, results: [unpack(source, at + 2)] } : UNREADABLE;
}

function parseResults(source: readonly unknown[], at: number): Packet {
  const id = source[at + 1];
  const results = unpack(source, at + 2);
  return isId(id) && Array.isArray(results) ? { kind: 'response', id, results } : UNREADABLE;
}

function parseFailure(source: readonly unknown[], at: number): Packet {
  const id = source[at + 1];
  return isId(id) ? { kind: 'failure', id, error: toErrorLike(source[at + 2]) } : UNREADABLE;
}

function parseNotice(source: readonly unknown[], at: number): Packet {
  const name = source[at + 1];
  return isName(name) ? { kind: 'notice', name, args: unpack(source, at + 2) } : UNREADABLE;
}

function isId(id: unknown): id is number {
  return Number.isSafeInteger(id);
}

function unpack(source: readonly unknown[], at: number): unknown {
  return source[at + 1] === 1 ? decodeValue(source[at]) : source[at];
}
