/** The module on the master that tells servers of one another. */
export const MASTER_WATCHER = '__masterwatcher__';
/** Its other half, on every server. */
export const MONITOR_WATCHER = '__monitorwatcher__';
