/** True for what `{}` makes, in whatever realm, and for objects without a prototype. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Another realm's Object.prototype (a test runner's, a vm's) is not ours, but it too is the end of its chain.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
