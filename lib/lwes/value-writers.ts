import { isIPv4 } from 'node:net';
import type { LwesScalarType } from './lwes-event.ts';
import { INTEGER_RANGES, type LwesTypeInfo } from './lwes-type.ts';
import type { LwesWriter } from './lwes-writer.ts';

type WriteValue = (writer: LwesWriter, value: unknown) => void;

const WRITE_SCALAR: Record<LwesScalarType, WriteValue> = {
  uint16: writeInteger(2, INTEGER_RANGES.uint16, (bytes, value, at) =>
    bytes.writeUInt16BE(value, at),
  ),
  int16: writeInteger(2, INTEGER_RANGES.int16, (bytes, value, at) => bytes.writeInt16BE(value, at)),
  uint32: writeInteger(4, INTEGER_RANGES.uint32, (bytes, value, at) =>
    bytes.writeUInt32BE(value, at),
  ),
  int32: writeInteger(4, INTEGER_RANGES.int32, (bytes, value, at) => bytes.writeInt32BE(value, at)),
  string: writeString,
  ip_addr: writeAddress,
  int64: writeBigInteger(INTEGER_RANGES.int64, (bytes, value, at) =>
    bytes.writeBigInt64BE(value, at),
  ),
  uint64: writeBigInteger(INTEGER_RANGES.uint64, (bytes, value, at) =>
    bytes.writeBigUInt64BE(value, at),
  ),
  boolean: writeBoolean,
  byte: writeInteger(1, INTEGER_RANGES.byte, (bytes, value, at) => bytes.writeUInt8(value, at)),
  float: writeNumber(4, (bytes, value, at) => bytes.writeFloatBE(value, at)),
  double: writeNumber(8, (bytes, value, at) => bytes.writeDoubleBE(value, at)),
};

/** Writes the byte of the type and the value or values behind it. */
export function writeValue(writer: LwesWriter, info: LwesTypeInfo, value: unknown): void {
  writer.writeByte(info.byte);
  const write = WRITE_SCALAR[info.scalar];
  if (info.shape === 'scalar') write(writer, value);
  else if (!Array.isArray(value)) writer.refuse(`must be an array, got ${shown(value)}`);
  else if (info.shape === 'array') writeArray(writer, write, value);
  else writeNullable(writer, write, value);
}

function writeArray(writer: LwesWriter, write: WriteValue, values: readonly unknown[]): void {
  writer.writeCount(values.length);
  writeEach(writer, write, values);
}

/** The count is written twice: the second stands for the length of the bits. */
function writeNullable(writer: LwesWriter, write: WriteValue, values: readonly unknown[]): void {
  writer.writeCount(values.length);
  writer.writeCount(values.length);
  const size = (values.length + 7) >> 3;
  const bits = writer.room(size);
  if (writer.problem !== null) return;
  writer.bytes.fill(0, bits, bits + size);
  const present: unknown[] = [];
  values.forEach((value, index) => {
    if (value === null) return;
    const at = bits + (index >> 3);
    writer.bytes.writeUInt8(writer.bytes.readUInt8(at) | (1 << (index & 7)), at);
    present.push(value);
  });
  writeEach(writer, write, present);
}

/** By index, so that the holes of a sparse array are seen. */
function writeEach(writer: LwesWriter, write: WriteValue, values: readonly unknown[]): void {
  for (let index = 0; index < values.length && writer.problem === null; index++) {
    write(writer, values[index]);
  }
}

function writeInteger(
  size: number,
  range: readonly [bigint, bigint],
  put: (bytes: Buffer, value: number, at: number) => number,
): WriteValue {
  const [least, most] = [Number(range[0]), Number(range[1])];
  return (writer, value) => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) {
      put(writer.bytes, value, writer.room(size));
    } else writer.refuse(`must be an integer from ${least} to ${most}, got ${shown(value)}`);
  };
}

function writeBigInteger(
  [least, most]: readonly [bigint, bigint],
  put: (bytes: Buffer, value: bigint, at: number) => number,
): WriteValue {
  return (writer, value) => {
    if (typeof value === 'bigint' && value >= least && value <= most) {
      put(writer.bytes, value, writer.room(8));
    } else {
      const range = `${String(least)} to ${String(most)}`;
      writer.refuse(`must be a bigint from ${range}, got ${shown(value)}`);
    }
  };
}

function writeNumber(
  size: number,
  put: (bytes: Buffer, value: number, at: number) => number,
): WriteValue {
  return (writer, value) => {
    if (typeof value === 'number') put(writer.bytes, value, writer.room(size));
    else writer.refuse(`must be a number, got ${shown(value)}`);
  };
}

function writeString(writer: LwesWriter, value: unknown): void {
  if (typeof value === 'string') writer.writeText(value);
  else writer.refuse(`must be a string, got ${shown(value)}`);
}

function writeBoolean(writer: LwesWriter, value: unknown): void {
  if (typeof value === 'boolean') writer.writeByte(value ? 1 : 0);
  else writer.refuse(`must be true or false, got ${shown(value)}`);
}

/** Addresses are written in the order of their bytes in a little-endian machine. */
function writeAddress(writer: LwesWriter, value: unknown): void {
  if (typeof value === 'string' && isIPv4(value)) {
    for (const part of value.split('.').reverse()) writer.writeByte(Number(part));
  } else writer.refuse(`must be an IPv4 address such as 192.168.1.2, got ${shown(value)}`);
}

const SHOWN_CHARACTERS = 40;

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, SHOWN_CHARACTERS));
  if (typeof value === 'bigint') return `${String(value).slice(0, SHOWN_CHARACTERS)}n`;
  if (typeof value === 'number' || value === null || value === undefined) return String(value);
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}
