import { types } from 'node:util';
import { createNamedError, fillError } from './error-like.ts';
import { INFINITY, MINUS_INFINITY, MINUS_ZERO, NOT_A_NUMBER, UNDEFINED } from './value-encoder.ts';

/**
 * Rebuilds the value of a table made by `encodeValue`.
 *
 * @throws Error for anything else; the caller treats the message as unreadable
 */
export function decodeValue(table: unknown): unknown {
  const [root, ...nodes] = asArray(table);
  // Every object exists before any is filled: that is how circular references find each other.
  const objects = nodes.map((node) => create(asArray(node)));
  nodes.forEach((node, index) => {
    fill(objects[index], asArray(node), (slot) => readSlot(slot, objects));
  });
  return readSlot(root, objects);
}

type ReadSlot = (slot: unknown) => unknown;

const SPECIAL_VALUES = new Map<unknown, unknown>([
  [UNDEFINED, undefined],
  [NOT_A_NUMBER, NaN],
  [INFINITY, Infinity],
  [MINUS_INFINITY, -Infinity],
  [MINUS_ZERO, -0],
]);

const CREATORS = new Map<unknown, (node: readonly unknown[]) => unknown>([
  ['O', () => ({})],
  ['A', () => []],
  ['S', () => []],
  ['M', () => new Map()],
  ['T', () => new Set()],
  ['D', ([, ms]) => new Date(typeof ms === 'number' ? ms : NaN)],
  ['B', ([, kind, bytes]) => createView(kind, bytes)],
  ['E', (node) => createNamedError(node[1] === 'name' ? node[2] : undefined)],
  ['R', ([, source, flags]) => new RegExp(asText(source), asText(flags))],
  ['U', ([, href]) => new URL(asText(href))],
  ['V', ([, shared]) => (types.isSharedArrayBuffer(shared) ? shared : fail())],
  ['P', ([, slot]) => Object(readSlot(slot, [])) as unknown],
]);

const FILLERS = new Map<
  unknown,
  (target: unknown, node: readonly unknown[], read: ReadSlot) => void
>([
  ['O', fillMembers],
  ['A', fillArray],
  ['S', fillSparse],
  ['M', fillMap],
  ['T', fillSet],
  ['E', fillErrorNode],
]);

function create(node: readonly unknown[]): unknown {
  return (CREATORS.get(node[0]) ?? fail)(node);
}

function fill(target: unknown, node: readonly unknown[], read: ReadSlot): void {
  FILLERS.get(node[0])?.(target, node, read);
}

function readSlot(slot: unknown, objects: readonly unknown[]): unknown {
  if (typeof slot !== 'object' || slot === null) return slot;
  const [reference] = asArray(slot);
  if (typeof reference === 'string') return BigInt(reference);
  if (SPECIAL_VALUES.has(reference)) return SPECIAL_VALUES.get(reference);
  if (typeof reference !== 'number' || !(reference in objects)) return fail();
  return objects[reference];
}

function fillMembers(target: unknown, node: readonly unknown[], read: ReadSlot): void {
  for (let i = 1; i + 1 < node.length; i += 2)
    setMember(target as object, asText(node[i]), read(node[i + 1]));
}

function setMember(target: object, key: string, value: unknown): void {
  // An assignment to __proto__ would change the object's class instead of adding a member.
  if (key !== '__proto__') (target as Record<string, unknown>)[key] = value;
  else
    Object.defineProperty(target, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
}

function fillArray(target: unknown, node: readonly unknown[], read: ReadSlot): void {
  for (let i = 1; i < node.length; i++) (target as unknown[]).push(read(node[i]));
}

function fillSparse(target: unknown, node: readonly unknown[], read: ReadSlot): void {
  (target as unknown[]).length = node.at(-1) as number;
  fillMembers(target, node, read);
}

function fillMap(target: unknown, node: readonly unknown[], read: ReadSlot): void {
  for (let i = 1; i + 1 < node.length; i += 2)
    (target as Map<unknown, unknown>).set(read(node[i]), read(node[i + 1]));
}

function fillSet(target: unknown, node: readonly unknown[], read: ReadSlot): void {
  for (let i = 1; i < node.length; i++) (target as Set<unknown>).add(read(node[i]));
}

function fillErrorNode(target: unknown, node: readonly unknown[], read: ReadSlot): void {
  const fields = {};
  fillMembers(fields, node, read);
  fillError(target as Error, fields);
}

const VIEWS: Readonly<Record<string, (bytes: ArrayBuffer) => unknown>> = {
  Buffer: (bytes) => Buffer.from(bytes),
  ArrayBuffer: (bytes) => bytes,
  DataView: (bytes) => new DataView(bytes),
  Uint8Array: (bytes) => new Uint8Array(bytes),
  Uint8ClampedArray: (bytes) => new Uint8ClampedArray(bytes),
  Int8Array: (bytes) => new Int8Array(bytes),
  Uint16Array: (bytes) => new Uint16Array(bytes),
  Int16Array: (bytes) => new Int16Array(bytes),
  Uint32Array: (bytes) => new Uint32Array(bytes),
  Int32Array: (bytes) => new Int32Array(bytes),
  Float32Array: (bytes) => new Float32Array(bytes),
  Float64Array: (bytes) => new Float64Array(bytes),
  BigInt64Array: (bytes) => new BigInt64Array(bytes),
  BigUint64Array: (bytes) => new BigUint64Array(bytes),
};

function createView(kind: unknown, bytes: unknown): unknown {
  const view = Object.hasOwn(VIEWS, asText(kind)) ? VIEWS[kind as string] : undefined;
  return view === undefined ? fail() : view(exactBytes(bytes));
}

function exactBytes(bytes: unknown): ArrayBuffer {
  const source =
    typeof bytes === 'string'
      ? Buffer.from(bytes, 'base64')
      : types.isUint8Array(bytes)
        ? bytes
        : fail();
  // A fresh copy is aligned for every kind of element and holds nothing of Node's pool.
  return new Uint8Array(source).buffer;
}

function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : fail();
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : fail();
}

function fail(): never {
  throw new Error('not a table of values');
}
