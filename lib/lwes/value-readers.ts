import type { LwesScalarType, LwesType } from './lwes-event.ts';
import type { LwesCursor } from './lwes-cursor.ts';
import {
  LEAST_VALUE_BYTES,
  LONG_STRING_BYTE,
  LWES_TYPES_BY_BYTE,
  type LwesShape,
} from './lwes-type.ts';

type ReadValue = (cursor: LwesCursor) => unknown;

/** How the values behind a byte of type are read. */
export interface ValueReader {
  readonly type: LwesType;
  readonly read: ReadValue;
}

const READ_SCALAR: Record<LwesScalarType, ReadValue> = {
  uint16: (cursor) => cursor.readCount(),
  int16: fixed(2, 0, (bytes, start) => bytes.readInt16BE(start)),
  uint32: fixed(4, 0, (bytes, start) => bytes.readUInt32BE(start)),
  int32: fixed(4, 0, (bytes, start) => bytes.readInt32BE(start)),
  string: (cursor) => cursor.readText(cursor.readCount()),
  ip_addr: fixed(4, '', readAddress),
  int64: fixed(8, 0n, (bytes, start) => bytes.readBigInt64BE(start)),
  uint64: fixed(8, 0n, (bytes, start) => bytes.readBigUInt64BE(start)),
  boolean: (cursor) => cursor.readByte() !== 0,
  byte: (cursor) => cursor.readByte(),
  float: fixed(4, 0, (bytes, start) => bytes.readFloatBE(start)),
  double: fixed(8, 0, (bytes, start) => bytes.readDoubleBE(start)),
};

const readLength = fixed(4, 0, (bytes, start) => bytes.readUInt32BE(start));

/** By byte of type; undefined where a byte stands for none. */
export const VALUE_READERS: readonly (ValueReader | undefined)[] = Array.from(
  { length: 256 },
  (_, byte) => {
    const info = LWES_TYPES_BY_BYTE.get(byte);
    return info && { type: info.type, read: createRead(info.scalar, info.shape) };
  },
);

/** The same for a lenient reading. */
export const LENIENT_VALUE_READERS: readonly (ValueReader | undefined)[] = VALUE_READERS.with(
  LONG_STRING_BYTE,
  { type: 'string', read: (cursor) => cursor.readText(readLength(cursor)) },
);

function createRead(scalar: LwesScalarType, shape: LwesShape): ReadValue {
  const read = READ_SCALAR[scalar];
  // A count that promises more than is left is refused before room is made.
  const least = LEAST_VALUE_BYTES[scalar];
  if (shape === 'scalar') return read;
  if (shape === 'array') return (cursor) => readArray(cursor, read, least);
  return (cursor) => readNullable(cursor, read, least);
}

function readArray(cursor: LwesCursor, read: ReadValue, least: number): unknown[] {
  const count = cursor.readCount();
  if (count * least > cursor.end - cursor.offset) {
    cursor.fail('truncated');
    return [];
  }
  const values = new Array<unknown>(count);
  for (let index = 0; index < count && cursor.fault === null; index++) values[index] = read(cursor);
  return values;
}

/** The count stands there twice; the second, the length of the bits, is not looked at by any reader. */
function readNullable(cursor: LwesCursor, read: ReadValue, least: number): unknown[] {
  const count = cursor.readCount();
  cursor.readCount();
  const bits = cursor.take((count + 7) >> 3);
  if (bits < 0 || countBits(cursor, bits, count) * least > cursor.end - cursor.offset) {
    cursor.fail('truncated');
    return [];
  }
  const values = new Array<unknown>(count);
  for (let index = 0; index < count && cursor.fault === null; index++) {
    values[index] = hasBit(cursor.bytes, bits, index) ? read(cursor) : null;
  }
  return values;
}

function countBits(cursor: LwesCursor, bits: number, count: number): number {
  let present = 0;
  for (let index = 0; index < count; index++) {
    if (hasBit(cursor.bytes, bits, index)) present++;
  }
  return present;
}

/** The least significant bit of a byte comes first. */
function hasBit(bytes: Buffer, bits: number, index: number): boolean {
  return (((bytes[bits + (index >> 3)] ?? 0) >> (index & 7)) & 1) === 1;
}

function fixed<T>(size: number, none: T, read: (bytes: Buffer, start: number) => T) {
  return (cursor: LwesCursor): T => {
    const start = cursor.take(size);
    return start < 0 ? none : read(cursor.bytes, start);
  };
}

/** Addresses stand in the order of their bytes in a little-endian machine. */
function readAddress(bytes: Buffer, start: number): string {
  const [d = 0, c = 0, b = 0, a = 0] = [
    bytes[start],
    bytes[start + 1],
    bytes[start + 2],
    bytes[start + 3],
  ];
  return `${a}.${b}.${c}.${d}`;
}
