import type { Cluster } from 'node:cluster';

/** The cluster of a server that is itself the primary of one: it listens, and its workers serve. */
export function findOwnCluster(): Cluster | null {
  const cluster = require('node:cluster') as typeof import('node:cluster').default;
  return cluster.isPrimary && Object.keys(cluster.workers ?? {}).length > 0 ? cluster : null;
}

/** Lets the workers finish what they are answering: disconnected ones end with their last connection. */
export async function drainOwnCluster(giveUp: AbortSignal): Promise<void> {
  const cluster = findOwnCluster();
  if (cluster === null || giveUp.aborted) return;
  const gone = Object.values(cluster.workers ?? {}).map(
    (worker) => new Promise((resolve) => worker?.once('exit', resolve)),
  );
  cluster.disconnect();
  const late = new Promise((resolve) => {
    giveUp.addEventListener('abort', resolve, { once: true });
  });
  await Promise.race([Promise.all(gone), late]);
}
