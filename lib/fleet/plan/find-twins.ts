import type { ServerEntry } from './server-entry.ts';

/** Two servers that cannot both be there: `by` says what they share. */
export interface Twins {
  /** Index of the later one. */
  readonly at: number;
  readonly key: 'id' | 'port' | 'clientPort';
  readonly found: string;
}

/** Ids that are given twice, and ports of one host that are. */
export function findTwins(servers: readonly ServerEntry[], master: ServerEntry): Twins[] {
  const ids = new Set([master.id]);
  const places = new Map([[placeOf(master.host, master.port), master.id]]);
  return servers.flatMap((server, at) => {
    const twins: Twins[] = [];
    if (ids.has(server.id)) twins.push({ at, key: 'id', found: `"${server.id}" a second time` });
    ids.add(server.id);
    for (const key of ['port', 'clientPort'] as const) {
      const port = server[key];
      if (port === undefined) continue;
      const place = placeOf(server.host, Number(port));
      const holder = places.get(place);
      if (holder !== undefined)
        twins.push({ at, key, found: `${String(port)}, which ${holder} has on that host` });
      else places.set(place, server.id);
    }
    return twins;
  });
}

/** What a port is taken on, as text. */
export function placeOf(host: string, port: number | undefined): string {
  const isHere = host === 'localhost' || host === '::1';
  return `${isHere ? '127.0.0.1' : host} ${String(port)}`;
}
