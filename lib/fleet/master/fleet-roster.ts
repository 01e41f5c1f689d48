import type { ServerEntry } from '../plan/server-entry.ts';

/** What the admin modules on the master learn from, and tell, the one who keeps the servers. */
export interface FleetRoster {
  readonly master: ServerEntry;
  /** Those that have registered and live. */
  registered(): readonly ServerEntry[];
  /** A server says that its start is finished (`record`): it is ready. */
  noteStarted(id: string): void;
}
