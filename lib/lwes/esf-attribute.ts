import { readEsfDefault } from './esf-default.ts';
import type { EsfReader } from './esf-reader.ts';
import type { EsfToken } from './esf-tokens.ts';
import type { EsfAttribute } from './esf.ts';
import type { LwesScalarType } from './lwes-event.ts';
import { MAX_COUNT, MAX_STRING_BYTES } from './lwes-limits.ts';
import { isLwesScalarType, typeName, type LwesShape } from './lwes-type.ts';

const MODIFIERS = new Set(['required', 'optional', 'nullable']);

/** `modifier* type name [(bytes)] [[items]] [= default] ;` */
export function readEsfAttribute(reader: EsfReader, event: string): EsfAttribute {
  const comments = [...reader.peek.above];
  const modifiers = readModifiers(reader);
  const scalar = readType(reader, event);
  const name = reader.takeName(`the name of an attribute of event "${event}"`);
  const maxBytes = readMaxBytes(reader, scalar);
  const maxItems = readMaxItems(reader);
  const fallback = reader.skipSign('=') ? readEsfDefault(reader, scalar) : null;
  const end = reader.takeSign(';', `behind attribute "${name}"`);
  if (end.behind !== null) comments.push(end.behind);
  const list: LwesShape = modifiers.has('nullable') ? 'nullable' : 'array';
  return {
    name,
    type: typeName(scalar, maxItems === undefined ? 'scalar' : list),
    scalar,
    isRequired: modifiers.has('required'),
    isInherited: false,
    maxBytes,
    maxItems: maxItems ?? null,
    default: maxItems === undefined ? fallback : null,
    documentation: comments.join('\n').trim(),
  };
}

function readModifiers(reader: EsfReader): ReadonlySet<string> {
  const modifiers = new Set<string>();
  while (isWord(reader.peek) && MODIFIERS.has(reader.peek.text)) {
    const token = reader.take();
    const { text } = token;
    if (modifiers.has(text)) reader.fail(`"${text}" stands here twice`, token);
    modifiers.add(text);
    if (modifiers.has('required') && modifiers.has('optional')) {
      reader.fail('an attribute is either "required" or "optional"', token);
    }
  }
  return modifiers;
}

function readType(reader: EsfReader, event: string): LwesScalarType {
  const token = reader.take();
  if (isWord(token) && isLwesScalarType(token.text)) return token.text;
  if (token.kind === 'end') {
    return reader.fail(`"}" is missing: event "${event}" has no end`, token);
  }
  return reader.fail(`${JSON.stringify(token.text.slice(0, 40))} is no type`, token);
}

function readMaxBytes(reader: EsfReader, scalar: LwesScalarType): number | null {
  const place = reader.peek;
  if (!reader.skipSign('(')) return null;
  if (scalar !== 'string') reader.fail('only a string has a longest length', place);
  const count = reader.takeCount('the length of the longest string', MAX_STRING_BYTES);
  reader.takeSign(')', 'behind the length of the longest string');
  return count;
}

/** Undefined when it is no array, null when it is one of any length. */
function readMaxItems(reader: EsfReader): number | null | undefined {
  if (!reader.skipSign('[')) return undefined;
  if (reader.skipSign(']')) return null;
  const count = reader.takeCount('the length of the longest array', MAX_COUNT);
  reader.takeSign(']', 'behind the length of the longest array');
  return count;
}

function isWord(token: EsfToken): boolean {
  return token.kind === 'word';
}
