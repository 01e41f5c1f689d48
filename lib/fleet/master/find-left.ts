import { isRunning, listMarked } from '../../process/process-tree.ts';
import { MARKER_NAME, readMarker } from '../plan/fleet-environment.ts';
import type { KeptServer } from './fleet-record.ts';
import type { LeftProcess } from './fleet-server.ts';

export interface FoundServer {
  readonly id: string;
  readonly left: LeftProcess;
  /** What the record says of it; null: the master before had no time to write it down. */
  readonly kept: KeptServer | null;
  /** False: it has ended while no master was there, and may have left something running. */
  readonly isThere: boolean;
}

/**
 * The servers that the master before has left, by its record, and by what stands in the environment of those that it
 * had no time to write down. One look at all processes.
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
    const isThere = kept.startTime !== null && isRunning(kept.pid, kept.startTime);
    if (!found.has(id)) found.set(id, { id, kept, left: kept, isThere });
  }
  return [...found.values()];
}

/** Those that a server has started bear its mark as well, but lead no group, or a younger one. */
function listByMarker(fleetId: string, records: readonly KeptServer[], now: number): FoundServer[] {
  return listMarked(MARKER_NAME).flatMap(({ pid, startTime, isLeader, value }) => {
    const mark = readMarker(fleetId, value);
    if (mark === null || !isLeader) return [];
    const { id, run } = mark;
    const kept = records.find((record) => record.entry.id === id && record.run === run) ?? null;
    // Started by a server that is known, and that is there or has ended.
    if (kept !== null && (kept.pid !== pid || kept.startTime !== startTime)) return [];
    const { since, wasReady, beats = false } = kept ?? { since: now, wasReady: false };
    const left = {
      pid,
      startTime,
      run,
      since,
      wasReady,
      beats,
      ...(kept === null ? {} : { entry: kept.entry }),
    };
    return [{ id, kept, left, isThere: true }];
  });
}

function isOlder(one: FoundServer, other: FoundServer): boolean {
  return one.kept !== null || Number(one.left.startTime) <= Number(other.left.startTime);
}
