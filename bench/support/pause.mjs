/** Resolves after some milliseconds, with a value. */
export function pause(ms, value) {
  return new Promise((resolve) => setTimeout(resolve, ms, value));
}
