/** Counts slowly: progress, cancel and a kill in the middle can be seen. */
export async function count({ to }, { signal, progress }) {
  for (let n = 1; n <= to; n++) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    signal.throwIfAborted();
    progress({ n, to });
  }
  return `counted to ${to}`;
}
