import { isPlainObject } from './plain-object.ts';

/** Freezes plain objects and lists all the way down; anything else (functions, buffers) is left as it is. */
export function deepFreeze<T>(value: T): T {
  if (Object.isFrozen(value) || !(Array.isArray(value) || isPlainObject(value))) return value;
  Object.freeze(value);
  for (const inner of Object.values(value)) deepFreeze(inner);
  return value;
}
