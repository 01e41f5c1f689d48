import { VigilError } from '../errors.ts';
import type { LwesAttribute, LwesScalarType } from '../lwes/lwes-event.ts';
import { findLwesType, type LwesTypeInfo } from '../lwes/lwes-type.ts';

/**
 * Reads `key:type=value`; without a type it is a string. The items of an array stand between commas, or are
 * written as a JSON array where they hold commas; in a nullable array `null` is the item that is not there.
 *
 * @throws ERR_USAGE - the text does not say one; whether the value fits is found out when it is written
 */
export function parseAttribute(text: string): LwesAttribute {
  const [, left, value] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  if (left === undefined || value === undefined || left === '') throw misread(text, SHAPE);
  const [, name = left, typeName = 'string'] = /^(.*[^:]):([^:]*)$/s.exec(left) ?? [];
  const info = findLwesType(typeName);
  if (info === undefined) throw misread(text, `${JSON.stringify(typeName)} is no type: ${TYPES}`);
  try {
    return { name, type: info.type, value: readValue(info, value) } as LwesAttribute;
  } catch (error) {
    throw misread(text, (error as Error).message);
  }
}

const SHAPE = 'expected key:type=value';
const TYPES =
  'uint16, int16, uint32, int32, string, ip_addr, int64, uint64, boolean, byte, float, double, ' +
  'each also as type[] or "nullable type[]"';

function readValue({ scalar, shape }: LwesTypeInfo, text: string): unknown {
  if (shape === 'scalar') return readScalar(scalar, text);
  return splitItems(text).map((item) =>
    shape === 'nullable' && item === null ? null : readScalar(scalar, String(item)),
  );
}

function splitItems(text: string): unknown[] {
  if (text === '') return [];
  if (!text.startsWith('[')) return text.split(',').map((item) => (item === 'null' ? null : item));
  // Digits that a number cannot hold are still read one by one.
  const quoted = text.replace(/"(?:[^"\\]|\\.)*"|[^\s,[\]"]+/gs, (item) =>
    item.startsWith('"') || item === 'null' ? item : JSON.stringify(item),
  );
  const items: unknown = JSON.parse(quoted);
  if (Array.isArray(items)) return items;
  throw new Error('expected a JSON array');
}

function readScalar(scalar: LwesScalarType, text: string): unknown {
  if (scalar === 'string' || scalar === 'ip_addr') return text;
  if (scalar === 'boolean') return readBoolean(text);
  if (scalar === 'float' || scalar === 'double') return readNumber(text);
  if (!/^[+-]?\d+$|^0x[\da-f]+$/i.test(text)) throw new Error(`expected a whole number`);
  return scalar.endsWith('64') ? BigInt(text.replace(/^\+/, '')) : Number(text);
}

function readBoolean(text: string): boolean {
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  throw new Error('expected true or false');
}

const NOT_FINITE: Readonly<Record<string, number>> = { NaN, Infinity, '-Infinity': -Infinity };

function readNumber(text: string): number {
  const value = NOT_FINITE[text] ?? (text.trim() === '' ? NaN : Number(text));
  if (Number.isNaN(value) && text !== 'NaN') throw new Error('expected a number');
  return value;
}

function misread(text: string, why: string): VigilError {
  return new VigilError('ERR_USAGE', `${JSON.stringify(text)}: ${why}`);
}
