/**
 * Measures a value that JSON carries unchanged.
 *
 * @returns its size in characters, roughly; NaN when JSON would change it (a Date, undefined, a circular reference …)
 */
export function measurePlainValue(value: unknown): number {
  objectsLeft = QUICK_OBJECTS;
  const size = measure(value, QUICK_DEPTH, null);
  // A quick walk cannot tell a circular value from a large one; only then is it worth remembering every object.
  return objectsLeft > 0 || !Number.isNaN(size) ? size : measure(value, CAREFUL_DEPTH, new Set());
}

export function isPlainNumber(value: number): boolean {
  return Number.isFinite(value) && !Object.is(value, -0);
}

const QUICK_OBJECTS = 10_000;
const QUICK_DEPTH = 64;
const CAREFUL_DEPTH = 1_000;

let objectsLeft = 0;

// Every message passes here: no closures, no allocation.
function measure(value: unknown, depth: number, seen: Set<object> | null): number {
  if (typeof value === 'string') return value.length + 3;
  if (typeof value !== 'object' || value === null) return measurePrimitive(value);
  if (!mayEnter(value, depth, seen)) return NaN;
  if (Array.isArray(value)) return measureArray(value, depth, seen);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return NaN;
  let size = 2;
  for (const key in value) {
    size += key.length + 3 + measure((value as Record<string, unknown>)[key], depth - 1, seen);
    if (Number.isNaN(size)) return size;
  }
  return size;
}

function measurePrimitive(value: unknown): number {
  if (typeof value === 'number') return isPlainNumber(value) ? 8 : NaN;
  return typeof value === 'boolean' || value === null ? 5 : NaN;
}

function measureArray(value: readonly unknown[], depth: number, seen: Set<object> | null): number {
  let size = 2;
  for (let i = 0; i < value.length && !Number.isNaN(size); i++)
    size += measure(value[i], depth - 1, seen);
  return size;
}

function mayEnter(value: object, depth: number, seen: Set<object> | null): boolean {
  if (seen !== null) return depth > 0 && !seen.has(value) && seen.add(value).size > 0;
  if (depth > 0 && --objectsLeft > 0) return true;
  objectsLeft = 0;
  return false;
}
