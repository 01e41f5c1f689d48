import { types } from 'node:util';
import { valueError } from './ipc-errors.ts';
import { isPlainNumber } from './plain-value.ts';

/**
 * A value as a flat table that JSON carries: the slot of the root, then one node for each object.
 * A slot is a plain primitive itself, `[n]` for node n, `[-1]` … `[-5]` for what JSON has no word for, `["1"]` for a bigint.
 * A node is an array that begins with its tag.
 */
export type ValueTable = unknown[];

export interface EncodedValue {
  readonly table: ValueTable;
  /** Size in characters, roughly. */
  readonly size: number;
}

/**
 * Encodes a value with everything structured clone knows, circular references included.
 *
 * @param keepBinary - leaves bytes as they are, for channels that carry them
 * @throws ERR_IPC_VALUE for functions, symbols and what else cannot be copied
 */
export function encodeValue(value: unknown, keepBinary: boolean): EncodedValue {
  const encoder = new ValueEncoder(keepBinary);
  const table: ValueTable = [encoder.slot(value)];
  // The list grows while it is walked: depth costs no stack.
  for (let i = 0; i < encoder.objects.length; i++) {
    table.push(encodeObject(encoder.objects[i] as object, encoder));
  }
  return { table, size: encoder.size };
}

export const UNDEFINED = -1;
export const NOT_A_NUMBER = -2;
export const INFINITY = -3;
export const MINUS_INFINITY = -4;
export const MINUS_ZERO = -5;

class ValueEncoder {
  readonly objects: object[] = [];
  readonly keepBinary: boolean;
  readonly #indexes = new Map<object, number>();
  size = 0;

  constructor(keepBinary: boolean) {
    this.keepBinary = keepBinary;
  }

  slot(value: unknown): unknown {
    this.size += 8;
    switch (typeof value) {
      case 'string':
        this.size += value.length;
        return value;
      case 'number':
        return isPlainNumber(value) ? value : [numberCode(value)];
      case 'boolean':
        return value;
      case 'undefined':
        return [UNDEFINED];
      case 'bigint':
        return [value.toString()];
      case 'object':
        return value === null ? null : [this.#index(value)];
      default:
        throw valueError(`a ${typeof value}`);
    }
  }

  #index(value: object): number {
    const known = this.#indexes.get(value);
    if (known !== undefined) return known;
    const index = this.objects.push(value) - 1;
    this.#indexes.set(value, index);
    return index;
  }
}

function numberCode(value: number): number {
  if (Number.isNaN(value)) return NOT_A_NUMBER;
  if (value === 0) return MINUS_ZERO;
  return value > 0 ? INFINITY : MINUS_INFINITY;
}

type Encode = (value: object, encoder: ValueEncoder) => unknown[];

function encodeObject(value: object, encoder: ValueEncoder): unknown[] {
  if (Array.isArray(value)) return encodeArray(value, encoder);
  for (const [matches, encode] of ENCODERS) if (matches(value)) return encode(value, encoder);
  return ['O', ...members(value, Object.keys(value), encoder)];
}

const ENCODERS: readonly (readonly [(value: object) => boolean, Encode])[] = [
  [isCommonObject, (value, encoder) => ['O', ...members(value, Object.keys(value), encoder)]],
  [types.isDate, (value) => ['D', dateNumber(value as Date)]],
  [
    types.isMap,
    (value, encoder) => ['M', ...slots([...(value as Map<unknown, unknown>)].flat(1), encoder)],
  ],
  [types.isSet, (value, encoder) => ['T', ...slots([...(value as Set<unknown>)], encoder)]],
  [(value) => ArrayBuffer.isView(value), encodeView],
  [
    types.isArrayBuffer,
    (value, encoder) => encodeBytes('ArrayBuffer', new Uint8Array(value as ArrayBuffer), encoder),
  ],
  [
    isError,
    (value, encoder) => [
      'E',
      ...members(
        value,
        ERROR_FIELDS.filter((key) => key in value),
        encoder,
      ),
    ],
  ],
  [types.isRegExp, (value) => ['R', (value as RegExp).source, (value as RegExp).flags]],
  [isUrl, (value) => ['U', (value as URL).href]],
  [types.isSharedArrayBuffer, encodeShared],
  [types.isBoxedPrimitive, (value, encoder) => ['P', encoder.slot(value.valueOf())]],
  [isUncopyable, refuse],
];

const ERROR_FIELDS = ['name', 'message', 'stack', 'code', 'cause', 'errors'];

function isCommonObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function isError(value: object): boolean {
  return types.isNativeError(value) || value instanceof Error;
}

function isUrl(value: object): boolean {
  return typeof URL === 'function' && value instanceof URL;
}

function isUncopyable(value: object): boolean {
  return (
    types.isPromise(value) ||
    types.isWeakMap(value) ||
    types.isWeakSet(value) ||
    types.isGeneratorObject(value) ||
    types.isExternal(value) ||
    value instanceof WeakRef
  );
}

function refuse(value: object): never {
  throw valueError(`a ${Object.prototype.toString.call(value).slice(8, -1)}`);
}

function slots(values: readonly unknown[], encoder: ValueEncoder): unknown[] {
  return values.map((value) => encoder.slot(value));
}

function members(value: object, keys: readonly string[], encoder: ValueEncoder): unknown[] {
  const node: unknown[] = [];
  for (const key of keys) {
    encoder.size += key.length;
    node.push(key, encoder.slot((value as Record<string, unknown>)[key]));
  }
  return node;
}

function encodeArray(value: readonly unknown[], encoder: ValueEncoder): unknown[] {
  const keys = Object.keys(value);
  const isDense =
    keys.length === value.length && (keys.length === 0 || keys.at(-1) === String(value.length - 1));
  if (isDense) return ['A', ...slots(value, encoder)];
  return ['S', ...members(value, keys, encoder), value.length];
}

function dateNumber(date: Date): number | null {
  const ms = date.getTime();
  return Number.isNaN(ms) ? null : ms;
}

function encodeView(value: object, encoder: ValueEncoder): unknown[] {
  const view = value as ArrayBufferView;
  const kind = Buffer.isBuffer(value)
    ? 'Buffer'
    : Object.prototype.toString.call(value).slice(8, -1);
  return encodeBytes(kind, new Uint8Array(view.buffer, view.byteOffset, view.byteLength), encoder);
}

function encodeBytes(kind: string, bytes: Uint8Array, encoder: ValueEncoder): unknown[] {
  encoder.size += Math.ceil(bytes.byteLength / 3) * 4;
  // A view may show a few bytes of a large pool: copied, so that only those travel.
  if (encoder.keepBinary) return ['B', kind, bytes.slice()];
  return [
    'B',
    kind,
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
  ];
}

function encodeShared(value: object, encoder: ValueEncoder): unknown[] {
  return encoder.keepBinary ? ['V', value] : refuse(value);
}
