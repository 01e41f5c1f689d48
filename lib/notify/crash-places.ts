/** A server that had a crash, where those of several are told together. */
export interface CrashPlace {
  readonly server: string;
  readonly host: string;
  readonly count: number;
}

/** More servers are counted, but not named. */
const MOST_NAMED = 40;
const MOST_KEPT = 1000;

/** Places of both, each server once. */
export function mergePlaces(
  some: readonly CrashPlace[],
  more: readonly CrashPlace[],
): readonly CrashPlace[] {
  const merged = new Map<string, CrashPlace>();
  for (const place of [...some, ...more]) {
    const key = `${place.server}\n${place.host}`;
    const known = merged.get(key);
    if (known === undefined && merged.size >= MOST_KEPT) continue;
    merged.set(key, { ...place, count: place.count + (known?.count ?? 0) });
  }
  return [...merged.values()];
}

export function countCrashes(places: readonly CrashPlace[]): number {
  return places.reduce((sum, { count }) => sum + count, 0);
}

/** One for each server, those that had it most often first. */
export function listPlaces(places: readonly CrashPlace[]): string[] {
  const sorted = [...places].sort((one, other) => other.count - one.count);
  const named = sorted.slice(0, MOST_NAMED).map(({ server, host, count }) => {
    const often = count === 1 ? 'once' : `${String(count)} times`;
    return `${server} on ${host}, ${often}`;
  });
  const left = sorted.length - named.length;
  return left === 0 ? named : [...named, `and ${String(left)} more servers`];
}

/** `chat-1`, or `20 servers on 2 hosts`. */
export function sumUpPlaces(places: readonly CrashPlace[]): string {
  const [only] = places;
  if (places.length === 1 && only !== undefined) return only.server;
  const hosts = new Set(places.map(({ host }) => host)).size;
  return `${String(places.length)} servers on ${hosts === 1 ? 'one host' : `${String(hosts)} hosts`}`;
}
