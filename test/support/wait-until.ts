/** Ends what hangs, no sooner: on a busy machine everything takes its time. */
export const DEFAULT_WAIT_MS = 20_000;

/**
 * Looks again every few milliseconds until `read` gives a value. For what announces itself to nobody,
 * such as the death of an orphan or a line in another process's file; otherwise wait for the event.
 *
 * @param describe - says what was waited for, once the wait is over in vain
 */
export async function waitUntil<T>(
  read: () => T | undefined | Promise<T | undefined>,
  describe: () => string,
  timeoutMs = DEFAULT_WAIT_MS,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await read();
    if (value !== undefined) return value;
    if (performance.now() > deadline) throw new Error(`after ${timeoutMs} ms: ${describe()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
