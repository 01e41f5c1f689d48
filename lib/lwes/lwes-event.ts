/** What one value of each scalar type is in code. */
export interface LwesScalarValues {
  uint16: number;
  int16: number;
  uint32: number;
  int32: number;
  string: string;
  /** Dotted, such as `192.168.1.2`. */
  ip_addr: string;
  int64: bigint;
  uint64: bigint;
  boolean: boolean;
  /** Unsigned, 0 to 255. */
  byte: number;
  float: number;
  double: number;
}

export type LwesScalarType = keyof LwesScalarValues;

export type LwesType = LwesScalarType | `${LwesScalarType}[]` | `nullable ${LwesScalarType}[]`;

/** What a value of a type is in code: a list for an array, with null where a nullable array has none. */
export type LwesValue<T extends LwesType = LwesType> = T extends LwesScalarType
  ? LwesScalarValues[T]
  : T extends `nullable ${infer S extends LwesScalarType}[]`
    ? readonly (LwesScalarValues[S] | null)[]
    : T extends `${infer S extends LwesScalarType}[]`
      ? readonly LwesScalarValues[S][]
      : never;

/** One attribute of an event; its `type` tells what its `value` is. */
export type LwesAttribute = {
  readonly [T in LwesType]: {
    readonly name: string;
    readonly type: T;
    readonly value: LwesValue<T>;
  };
}[LwesType];

/** One event, as it is sent in one datagram. */
export interface LwesEvent {
  readonly name: string;
  readonly attributes: readonly LwesAttribute[];
}
