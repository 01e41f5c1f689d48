/** Runs `flush` when this process ends, so that what waits for the end of the tick still leaves. Returns the undo. */
export function flushAtExit(flush: () => void): () => void {
  if (flushes.size === 0) process.on('exit', flushAll);
  flushes.add(flush);
  return () => {
    if (flushes.delete(flush) && flushes.size === 0) process.removeListener('exit', flushAll);
  };
}

// One listener for all managers of the process: one each would trip the warning at eleven.
const flushes = new Set<() => void>();

function flushAll(): void {
  for (const flush of flushes) flush();
}
