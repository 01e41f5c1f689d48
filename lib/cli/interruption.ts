/** Fires at the first Ctrl-C or SIGTERM, which then is an ordinary end; a second one ends the process at once. */
export function createInterruption(): AbortSignal {
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      interruption.abort();
    });
  }
  return interruption.signal;
}
