/** What happens to the connection of a server to its master. */
export type MonitorEvent =
  | { readonly type: 'master.joined'; readonly again: boolean }
  /** It is tried again after a while, for ever. @see retryMs, milliseconds */
  | { readonly type: 'master.away'; readonly reason: string; readonly retryMs: number }
  /** The master is there and does not take this server. */
  | { readonly type: 'master.refused'; readonly reason: string; readonly retryMs: number }
  | { readonly type: 'module.trouble'; readonly moduleId: string; readonly error: unknown };
