import { VigilError } from '../errors.ts';
import { lastOfEachName } from './last-of-each-name.ts';
import type { LwesAttribute, LwesEvent } from './lwes-event.ts';
import { MAX_COUNT } from './lwes-limits.ts';
import { findLwesType } from './lwes-type.ts';
import { LwesWriter } from './lwes-writer.ts';
import { writeValue } from './value-writers.ts';

export interface EncodeOptions {
  /** Arrays without items are refused unless this is true: receivers written in C drop their events. Default false. */
  readonly allowEmptyArrays?: boolean;
  /** Says in `enc`, first of the attributes, how strings are written; an `enc` of the event counts before this. Default: no `enc`, UTF-8. */
  readonly encoding?: 'utf-8' | 'iso-8859-1';
}

/**
 * Writes an event as the bytes of one datagram.
 *
 * `enc` comes first wherever it stands; of attributes with one name the last is written.
 *
 * @throws ERR_LWES_ENCODE - a name, type or value cannot be written, or the event is too long; the text names the event and the attribute
 */
export function encodeEvent(event: LwesEvent, options: EncodeOptions = {}): Buffer {
  refuseShapeless(event);
  const attributes = orderAttributes(event, options);
  const writer = spare ?? new LwesWriter();
  // A getter of the event may encode another one meanwhile.
  spare = null;
  try {
    writeEvent(writer, { name: event.name, attributes }, options);
    return Buffer.from(writer.bytes.subarray(0, writer.offset));
  } finally {
    spare = writer;
  }
}

/** Made at the first event, for there is a whole datagram in it. */
let spare: LwesWriter | null = null;

const ENCODINGS = { 'iso-8859-1': 0, 'utf-8': 1 } as const;

/** Of those who write no TypeScript. */
function refuseShapeless(event: unknown): void {
  const { name, attributes } = (event ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof name === 'string' && Array.isArray(attributes) && attributes.every(isNamed)) return;
  const text = 'an event must be {name, attributes: [{name, type, value}]}, the names strings';
  throw new VigilError('ERR_LWES_ENCODE', text);
}

function isNamed(attribute: unknown): boolean {
  return typeof (attribute as { readonly name?: unknown } | null | undefined)?.name === 'string';
}

function orderAttributes(event: LwesEvent, options: EncodeOptions): readonly LwesAttribute[] {
  const attributes = lastOfEachName(event.attributes);
  const given = attributes.find(({ name }) => name === 'enc');
  if (given === undefined) {
    if (options.encoding === undefined) return attributes;
    return [{ name: 'enc', type: 'int16', value: ENCODINGS[options.encoding] }, ...attributes];
  }
  if (given.type !== 'int16' || (given.value !== 0 && given.value !== 1)) {
    throw unwritable(event.name, 'enc', 'must be an int16, 0 (ISO-8859-1) or 1 (UTF-8)');
  }
  return [given, ...attributes.filter((attribute) => attribute !== given)];
}

function writeEvent(writer: LwesWriter, event: LwesEvent, options: EncodeOptions): void {
  const { name, attributes } = event;
  const [first] = attributes;
  writer.open(first?.name === 'enc' && first.value === 0);
  writer.writeName(name);
  if (attributes.length > MAX_COUNT) {
    writer.refuse(`has ${attributes.length} attributes; the most is ${MAX_COUNT}`);
  } else writer.writeCount(attributes.length);
  refuseProblem(writer, name, null);
  for (const attribute of attributes) {
    writeAttribute(writer, attribute, options);
    refuseProblem(writer, name, attribute.name);
  }
}

function writeAttribute(
  writer: LwesWriter,
  attribute: LwesAttribute,
  options: EncodeOptions,
): void {
  const { name, type, value } = attribute;
  const info = findLwesType(type);
  if (info === undefined) writer.refuse(`has no type of LWES: ${JSON.stringify(type)}`);
  else if (isEmptyArray(value) && options.allowEmptyArrays !== true) {
    writer.refuse(
      'is an array without items, which receivers written in C cannot read; ' +
        'leave the attribute out, or ask for it with allowEmptyArrays',
    );
  } else {
    writer.writeName(name);
    writeValue(writer, info, value);
  }
}

function isEmptyArray(value: LwesAttribute['value']): boolean {
  return Array.isArray(value) && value.length === 0;
}

function refuseProblem(writer: LwesWriter, event: string, attribute: string | null): void {
  if (writer.problem !== null) throw unwritable(event, attribute, writer.problem);
}

function unwritable(event: string, attribute: string | null, problem: string): VigilError {
  const where = attribute === null ? '' : `, attribute ${quoted(attribute)}`;
  return new VigilError('ERR_LWES_ENCODE', `event ${quoted(event)}${where}: ${problem}`);
}

const SHOWN_CHARACTERS = 80;

function quoted(name: string): string {
  return JSON.stringify(name.slice(0, SHOWN_CHARACTERS));
}
