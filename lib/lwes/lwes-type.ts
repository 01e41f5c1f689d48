import type { LwesScalarType, LwesType } from './lwes-event.ts';

/** The scalar types in the order of their bytes: the first is 0x01. */
const LWES_SCALAR_TYPES = [
  'uint16',
  'int16',
  'uint32',
  'int32',
  'string',
  'ip_addr',
  'int64',
  'uint64',
  'boolean',
  'byte',
  'float',
  'double',
] as const satisfies readonly LwesScalarType[];

/** How many values an attribute has: one, a list, or a list with gaps. */
export type LwesShape = 'scalar' | 'array' | 'nullable';

/** What the byte of a type says. */
export interface LwesTypeInfo {
  readonly byte: number;
  readonly type: LwesType;
  readonly scalar: LwesScalarType;
  readonly shape: LwesShape;
}

const FIRST_BYTE: Record<LwesShape, number> = { scalar: 0x01, array: 0x81, nullable: 0x8d };

/** Read from the Erlang implementation only: a string with a length of four bytes. */
export const LONG_STRING_BYTE = 0x0d;

const TYPES = (['scalar', 'array', 'nullable'] as const).flatMap((shape) =>
  LWES_SCALAR_TYPES.map((scalar, index): LwesTypeInfo => {
    return { byte: FIRST_BYTE[shape] + index, type: typeName(scalar, shape), scalar, shape };
  }),
);

const BY_NAME: ReadonlyMap<string, LwesTypeInfo> = new Map(TYPES.map((info) => [info.type, info]));

/** Every type, by its byte; bytes without a type are missing. */
export const LWES_TYPES_BY_BYTE: ReadonlyMap<number, LwesTypeInfo> = new Map(
  TYPES.map((info) => [info.byte, info]),
);

/** The type of that name, such as `nullable uint16[]`; undefined when there is none. */
export function findLwesType(name: string): LwesTypeInfo | undefined {
  return BY_NAME.get(name);
}

/** Such as `nullable uint16[]`. */
export function typeName(scalar: LwesScalarType, shape: LwesShape): LwesType {
  if (shape === 'scalar') return scalar;
  return shape === 'array' ? `${scalar}[]` : `nullable ${scalar}[]`;
}

export function isLwesScalarType(name: string): name is LwesScalarType {
  return BY_NAME.get(name)?.shape === 'scalar';
}

/** Bytes of the shortest value. */
export const LEAST_VALUE_BYTES: Record<LwesScalarType, number> = {
  uint16: 2,
  int16: 2,
  uint32: 4,
  int32: 4,
  string: 2,
  ip_addr: 4,
  int64: 8,
  uint64: 8,
  boolean: 1,
  byte: 1,
  float: 4,
  double: 8,
};

/** The integers of each type, from and to. */
export const INTEGER_RANGES = {
  uint16: [0n, 0xffffn],
  int16: [-0x8000n, 0x7fffn],
  uint32: [0n, 0xffff_ffffn],
  int32: [-0x8000_0000n, 0x7fff_ffffn],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
  byte: [0n, 0xffn],
} as const satisfies Partial<Record<LwesScalarType, readonly [bigint, bigint]>>;

/** Its values are bigint in code. */
export function isBigInteger(scalar: LwesScalarType): boolean {
  return scalar === 'int64' || scalar === 'uint64';
}
