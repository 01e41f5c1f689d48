import type { EntryValue, ServerEntry } from './server-entry.ts';

/** An entry as it is written, checked; it may stand for several servers. */
export type WrittenEntry = Readonly<Record<string, EntryValue>>;

const NUMBERS: ReadonlySet<string> = new Set(['port', 'clientPort', 'max-connections']);

/** Gives the servers of each type that have no id of their own their numbers, over all entries of that type. */
export class ClusterNumbers {
  readonly #next = new Map<string, number>();

  /** @returns the first of `count` numbers */
  take(serverType: string, count: number): number {
    const first = this.#next.get(serverType) ?? 0;
    this.#next.set(serverType, first + count);
    return first;
  }

  /** A number that is taken already. */
  pass(serverType: string, number: number): void {
    this.#next.set(serverType, Math.max(this.#next.get(serverType) ?? 0, number + 1));
  }
}

/**
 * The servers that an entry stands for: one, or with `clusterCount` as many as that says, where every value that ends
 * in `++` counts up.
 */
export function expandEntry(written: WrittenEntry, numbers: ClusterNumbers): ServerEntry[] {
  const { clusterCount, ...rest } = written;
  if (clusterCount === undefined) return [toEntry(rest)];
  const count = Number(clusterCount);
  const serverType = String(rest['serverType']);
  const first = numbers.take(serverType, count);
  return Array.from({ length: count }, (_, index) =>
    toEntry({
      ...countUp(rest, index),
      id: `cluster-server-${serverType}-${String(first + index)}`,
    }),
  );
}

function countUp(written: WrittenEntry, by: number): WrittenEntry {
  const counted = Object.entries(written).map(([key, value]): [string, EntryValue] => {
    const base = typeof value === 'string' ? /^(\d+)\+\+$/.exec(value)?.[1] : undefined;
    return [key, base === undefined ? value : Number(base) + by];
  });
  return Object.fromEntries(counted);
}

function toEntry(written: WrittenEntry): ServerEntry {
  const values = Object.entries(written).map(([key, value]): [string, EntryValue] => [
    key,
    NUMBERS.has(key) ? Number(value) : value,
  ]);
  const { id, serverType, host, ...rest } = Object.fromEntries(values);
  return { id: String(id), serverType: String(serverType), host: String(host), ...rest };
}
