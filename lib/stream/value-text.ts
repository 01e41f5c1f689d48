import type { LwesAttribute } from '../lwes/lwes-event.ts';

/** How values become JSON where there is a choice. */
export interface ValueForm {
  /** 64-bit integers: as numbers with all of their digits, which not every reader keeps, or as texts; default exact. */
  readonly int64: 'exact' | 'string';
  /** Bytes: −128 to 127, or 0 to 255; default signed. */
  readonly byte: 'signed' | 'unsigned';
  /** What is no number: null, or a text such as "NaN"; default null. */
  readonly nonFinite: 'null' | 'string';
}

export const DEFAULT_VALUE_FORM: ValueForm = { int64: 'exact', byte: 'signed', nonFinite: 'null' };

type Scalar = string | number | bigint | boolean | null;
type WriteScalar = (value: Scalar) => string;
type Writers = Readonly<Record<string, WriteScalar>>;

/** Writes values as JSON texts. */
export function createValueWriter(form: ValueForm): (attribute: LwesAttribute) => string {
  const scalars = createScalarWriters(form);
  const writers = new Map<string, (value: unknown) => string>();
  for (const [type, write] of Object.entries(scalars)) {
    const writeList = (value: unknown): string =>
      `[${(value as readonly Scalar[]).map((one) => (one === null ? 'null' : write(one))).join(',')}]`;
    writers.set(type, write as (value: unknown) => string);
    writers.set(`${type}[]`, writeList);
    writers.set(`nullable ${type}[]`, writeList);
  }
  return ({ type, value }) => writers.get(type)?.(value) ?? 'null';
}

function createScalarWriters({ int64, byte, nonFinite }: ValueForm): Writers {
  const plain: WriteScalar = (value) => String(value);
  const quoted: WriteScalar = (value) => JSON.stringify(value);
  const long: WriteScalar = int64 === 'exact' ? plain : (value) => `"${String(value)}"`;
  const real = (toShortest: (value: number) => number): WriteScalar => {
    const odd: WriteScalar = nonFinite === 'null' ? () => 'null' : (value) => `"${String(value)}"`;
    return (value) =>
      Number.isFinite(value) ? JSON.stringify(toShortest(value as number)) : odd(value);
  };
  return {
    uint16: plain,
    int16: plain,
    uint32: plain,
    int32: plain,
    int64: long,
    uint64: long,
    boolean: plain,
    string: quoted,
    ip_addr: quoted,
    byte: byte === 'unsigned' ? plain : (value) => String(toSigned(value as number)),
    float: real(shortenFloat),
    double: real((value) => value),
  };
}

/** The text that filters look at; of a list its elements, with commas between them. */
export function filterTextOf({ type, value }: LwesAttribute): string {
  if (typeof value === 'string') return value;
  const one = type.includes('byte')
    ? (part: Scalar) => String(part === null ? null : toSigned(part as number))
    : type.includes('float')
      ? (part: Scalar) => String(part === null ? null : shortenFloat(part as number))
      : String;
  return Array.isArray(value) ? (value as Scalar[]).map(one).join(',') : one(value as Scalar);
}

function toSigned(byte: number): number {
  return byte > 127 ? byte - 256 : byte;
}

/** The number with the fewest digits that is the same in 32 bits: 1.1 rather than 1.100000023841858. */
function shortenFloat(value: number): number {
  if (Number.isInteger(value)) return value;
  for (let digits = 6; digits < 9; digits += 1) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}
