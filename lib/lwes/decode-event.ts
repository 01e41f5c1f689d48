import { VigilError } from '../errors.ts';
import { LwesCursor, type LwesText } from './lwes-cursor.ts';
import { LwesDecodeError, type LwesFault } from './lwes-decode-error.ts';
import type { LwesAttribute, LwesEvent } from './lwes-event.ts';
import { lastOfEachName } from './last-of-each-name.ts';
import { MAX_EVENT_BYTES } from './lwes-limits.ts';
import { LENIENT_VALUE_READERS, VALUE_READERS } from './value-readers.ts';

export interface DecodeOptions {
  /**
   * Also reads what only some implementations accept: bytes after the last attribute, empty names, the
   * long strings of Erlang, an `enc` of another type or value (an attribute like any other then).
   * Default false.
   */
  readonly lenient?: boolean;
}

/** What bytes were: an event, or in one word why not. */
export type DecodeOutcome =
  | { readonly event: LwesEvent; readonly fault: null }
  | { readonly event: null; readonly fault: LwesFault };

/**
 * Reads the event in one datagram.
 *
 * Where an attribute stands there twice, the last one counts. String values are read as `enc` says; without
 * it as UTF-8, those that are none as ISO-8859-1.
 *
 * @throws ERR_LWES_DECODE - the bytes are not an event; a {@link LwesDecodeError} whose `fault` says why
 * @throws ERR_ARGUMENT - they are no bytes
 */
export function decodeEvent(bytes: Uint8Array, options: DecodeOptions = {}): LwesEvent {
  // A view, whatever realm its class is of.
  if (!ArrayBuffer.isView(bytes))
    throw new VigilError('ERR_ARGUMENT', `expected a Buffer or Uint8Array, found ${typeof bytes}`);
  const { event, fault } = tryDecodeEvent(bytes, options);
  if (fault !== null) throw new LwesDecodeError(fault, cursor.offset);
  return event;
}

/** The same without an error: for those who read what strangers send, and count. Never throws. */
export function tryDecodeEvent(bytes: Uint8Array, options: DecodeOptions = {}): DecodeOutcome {
  if (bytes.length > MAX_EVENT_BYTES) return { event: null, fault: 'oversize' };
  const buffer = Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isLenient = options.lenient === true;
  cursor.open(buffer, 'either');
  let event = readEvent(isLenient);
  if (isTextLate) {
    cursor.open(buffer, cursor.text);
    isTextKnown = true;
    event = readEvent(isLenient);
    isTextKnown = false;
  }
  cursor.bytes = NOTHING;
  const { fault } = cursor;
  return fault === null ? { event, fault } : { event: null, fault };
}

/** One for all: a reading begins and ends within one call. It holds no bytes between two. */
const cursor = new LwesCursor();
const NOTHING = Buffer.alloc(0);

/** The last reading found, behind strings it had read already, an `enc` that says otherwise. */
let isTextLate = false;
/** This reading is the second, which knows what all of `enc` come to. */
let isTextKnown = false;

/** A name, a type and a value of one byte each. */
const LEAST_ATTRIBUTE_BYTES = 3;

function readEvent(isLenient: boolean): LwesEvent {
  isTextLate = false;
  const name = cursor.readName();
  if (name === '' && !isLenient) cursor.fail('unnamed');
  const count = cursor.readCount();
  const attributes: LwesAttribute[] = [];
  if (count * LEAST_ATTRIBUTE_BYTES > cursor.end - cursor.offset) cursor.fail('truncated');
  for (let index = 0; index < count && cursor.fault === null; index++) {
    const attribute = readAttribute(isLenient);
    if (attribute === null) break;
    if (attribute.name === 'enc') takeEncoding(attribute, index, isLenient);
    attributes.push(attribute);
  }
  if (cursor.offset < cursor.end && !isLenient) cursor.fail('trailing');
  return { name, attributes: lastOfEachName(attributes) };
}

function readAttribute(isLenient: boolean): LwesAttribute | null {
  const name = cursor.readName();
  if (name === '' && !isLenient) cursor.fail('unnamed');
  const reader = (isLenient ? LENIENT_VALUE_READERS : VALUE_READERS)[cursor.readByte()];
  if (cursor.fault !== null) return null;
  if (reader === undefined) {
    cursor.fail('type');
    return null;
  }
  return { name, type: reader.type, value: reader.read(cursor) } as LwesAttribute;
}

function takeEncoding(attribute: LwesAttribute, index: number, isLenient: boolean): void {
  const text = encodingOf(attribute);
  if (isTextKnown) return;
  if (text !== null) {
    if (index > 0 && text !== cursor.text) isTextLate = true;
    cursor.text = text;
  } else if (!isLenient) cursor.fail('encoding');
}

function encodingOf({ type, value }: LwesAttribute): LwesText | null {
  if (type !== 'int16') return null;
  if (value === 0) return 'latin1';
  return value === 1 ? 'utf8' : null;
}
