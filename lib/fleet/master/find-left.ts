import { isRunning, listMarked } from '../../process/process-tree.ts';
import { MARKER_NAME, markerOf } from '../plan/fleet-environment.ts';
import type { KeptServer } from './fleet-record.ts';
import type { LeftProcess } from './fleet-server.ts';

export interface FoundServer {
  readonly id: string;
  readonly left: LeftProcess;
  /** What the record says of it; null: the master before had no time to write it down. */
  readonly kept: KeptServer | null;
}

/**
 * The servers of a fleet that run, whoever has started them: by what stands in their environment, and where that
 * cannot be read by the record alone. One look at all processes.
 */
export function findLeftServers(
  fleetId: string,
  records: readonly KeptServer[],
  now: number,
): FoundServer[] {
  const found = new Map<string, FoundServer>();
  for (const server of listByMarker(fleetId, records, now)) {
    const other = found.get(server.id);
    if (other === undefined || !isOlder(other, server)) found.set(server.id, server);
  }
  for (const kept of records) {
    const { id } = kept.entry;
    if (!found.has(id) && kept.startTime !== null && isRunning(kept.pid, kept.startTime))
      found.set(id, { id, kept, left: kept });
  }
  return [...found.values()];
}

/** Those that a server has started bear its mark as well, but lead no group, or a younger one. */
function listByMarker(fleetId: string, records: readonly KeptServer[], now: number): FoundServer[] {
  const prefix = markerOf(fleetId, '');
  return listMarked(MARKER_NAME)
    .filter(({ isLeader, value }) => isLeader && value.startsWith(prefix))
    .map(({ pid, startTime, value }) => {
      const kept = records.find((record) => record.pid === pid && record.startTime === startTime);
      const left = describe({ pid, startTime }, kept, now);
      return { id: value.slice(prefix.length), kept: kept ?? null, left };
    });
}

function describe(
  identity: Pick<LeftProcess, 'pid' | 'startTime'>,
  kept: KeptServer | undefined,
  now: number,
): LeftProcess {
  return { ...identity, since: kept?.since ?? now, wasReady: kept?.wasReady ?? false };
}

function isOlder(one: FoundServer, other: FoundServer): boolean {
  return one.kept !== null || Number(one.left.startTime) <= Number(other.left.startTime);
}
