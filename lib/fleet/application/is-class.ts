/** Whether a function can only be called with `new`. */
export function isClass(value: unknown): boolean {
  if (typeof value !== 'function') return false;
  // The `prototype` of a class is the only one that cannot be assigned to.
  const prototype = Object.getOwnPropertyDescriptor(value, 'prototype');
  return prototype?.writable === false;
}
