/**
 * Measures a value that JSON carries unchanged.
 *
 * @returns its size in characters, roughly; NaN when JSON would change it (a Date, undefined, a circular reference …)
 */
export function measurePlainValue(value: unknown): number {
  objectsLeft = QUICK_OBJECTS;
  const size = measureQuickly(value, 0);
  // A quick walk cannot tell a circular value from a large one; only then is it worth remembering every object.
  return objectsLeft > 0 || !Number.isNaN(size) ? size : measureCarefully(value, 0, new Set());
}

export function isPlainNumber(value: number): boolean {
  return Number.isFinite(value) && !Object.is(value, -0);
}

const QUICK_OBJECTS = 10_000;
const QUICK_DEPTH = 64;
const CAREFUL_DEPTH = 1_000;

let objectsLeft = 0;

function measureQuickly(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null) return measurePrimitive(value);
  if (--objectsLeft <= 0 || depth > QUICK_DEPTH) {
    objectsLeft = 0;
    return NaN;
  }
  return measureMembers(value, (member) => measureQuickly(member, depth + 1));
}

function measureCarefully(value: unknown, depth: number, seen: Set<object>): number {
  if (typeof value !== 'object' || value === null) return measurePrimitive(value);
  if (depth > CAREFUL_DEPTH || seen.has(value)) return NaN;
  seen.add(value);
  return measureMembers(value, (member) => measureCarefully(member, depth + 1, seen));
}

function measurePrimitive(value: unknown): number {
  if (typeof value === 'string') return value.length + 3;
  if (typeof value === 'number') return isPlainNumber(value) ? 8 : NaN;
  return typeof value === 'boolean' || value === null ? 5 : NaN;
}

function measureMembers(value: object, measure: (member: unknown) => number): number {
  let size = 2;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length && size === size; i++) size += measure(value[i]);
    return size;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return NaN;
  for (const key in value) {
    size += key.length + 3 + measure((value as Record<string, unknown>)[key]);
    if (size !== size) return NaN;
  }
  return size;
}
