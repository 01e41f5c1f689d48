import type { RestartPolicy } from '../../supervision/restart-policy.ts';
import type { ServerEntry } from '../plan/server-entry.ts';

/** A server that has ended by itself is started again, unless its entry says otherwise. */
export function policyOf(entry: ServerEntry): RestartPolicy {
  return String(entry['auto-restart']) === 'false' ? 'temporary' : 'permanent';
}
