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

function typeName(scalar: LwesScalarType, shape: LwesShape): LwesType {
  if (shape === 'scalar') return scalar;
  return shape === 'array' ? `${scalar}[]` : `nullable ${scalar}[]`;
}
