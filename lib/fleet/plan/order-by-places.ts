import type { PlannedChange } from './planned-change.ts';
import { placeOf } from './find-twins.ts';
import type { ServerEntry } from './server-entry.ts';

export interface ChangedServers {
  /** As they run, by id. */
  readonly before: ReadonlyMap<string, ServerEntry>;
  /** As they are to be, by id. */
  readonly after: ReadonlyMap<string, ServerEntry>;
}

/**
 * Keeps the order of changes, but for those that want a port which another one has as yet: they come after that one.
 * Where some want one another's, the last of them is stopped first, and started when the others are done.
 */
export function orderByPlaces(
  changes: readonly PlannedChange[],
  { before, after }: ChangedServers,
): PlannedChange[] {
  const ordered: PlannedChange[] = [];
  const begun = new Set<string>();
  const done = new Set<string>();
  const stopped = new Set<string>();
  const holders = new Map(
    changes.flatMap((one) => placesOf(before.get(one.id)).map((place) => [place, one] as const)),
  );
  const append = (change: PlannedChange): void => {
    if (begun.has(change.id)) return;
    begun.add(change.id);
    for (const place of placesOf(after.get(change.id))) {
      const holder = holders.get(place);
      if (holder === undefined || holder.id === change.id) continue;
      append(holder);
      if (done.has(holder.id) || stopped.has(holder.id)) continue;
      stopped.add(holder.id);
      ordered.push({ ...holder, kind: 'stop', why: [`${change.id} is to have its port`] });
    }
    done.add(change.id);
    ordered.push(stopped.has(change.id) ? { ...change, kind: 'start' } : change);
  };
  for (const change of changes) append(change);
  return ordered;
}

function placesOf(server: ServerEntry | undefined): string[] {
  if (server === undefined) return [];
  const ports = [server.port, server['clientPort']].filter((port) => port !== undefined);
  return ports.map((port) => placeOf(server.host, Number(port)));
}
