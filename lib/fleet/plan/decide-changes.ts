import { listSecretsOf } from '../../report/secret-variable.ts';
import { orderByPlaces } from './order-by-places.ts';
import type { PlannedChange } from './planned-change.ts';
import type { ServerEntry } from './server-entry.ts';

/** A server as the master keeps it. */
export interface KeptEntry {
  readonly entry: ServerEntry;
  /** It runs, or will again by itself. */
  readonly isWanted: boolean;
  /** How it ended by itself, when it has not been ready since; null: it has not. */
  readonly trouble: string | null;
}

/**
 * What has to be done so that the fleet is as its configuration says: first what is to be stopped, then what is to be
 * replaced, then what is to be started, the latter two in the order of the configuration. Before them come those that
 * serve nobody anyway, so that what is wrong with them still is found before another one is touched. One that is to have
 * the port of another one comes after it.
 */
export function decideChanges(
  configured: readonly ServerEntry[],
  kept: readonly KeptEntry[],
): PlannedChange[] {
  const present = new Map(kept.map((one) => [one.entry.id, one]));
  const wanted = new Set(configured.map(({ id }) => id));
  const stops = kept
    .filter(({ entry, isWanted }) => isWanted && !wanted.has(entry.id))
    .map(({ entry }) => change('stop', entry, ['it is not in the configuration']))
    .reverse();
  const others = configured.flatMap((entry) => {
    const here = present.get(entry.id);
    if (here === undefined) return [change('start', entry, ['it is new'])];
    const why = compareEntries(here.entry, entry);
    if (!here.isWanted) return [change('start', entry, ['it does not run', ...why])];
    if (why.length > 0) return [change('replace', entry, why)];
    return here.trouble === null
      ? []
      : [change('start', entry, [`it is not ready: ${here.trouble}`])];
  });
  const isBroken = ({ id }: PlannedChange): boolean => (present.get(id)?.trouble ?? null) !== null;
  const rank = (kind: PlannedChange['kind']): PlannedChange[] =>
    others.filter((one) => one.kind === kind && !isBroken(one));
  const before = new Map(
    kept.filter(({ isWanted }) => isWanted).map(({ entry }) => [entry.id, entry]),
  );
  const after = new Map(configured.map((entry) => [entry.id, entry]));
  const ranked = [...others.filter(isBroken), ...rank('replace'), ...rank('start')];
  return [...stops, ...orderByPlaces(ranked, { before, after })];
}

function change(
  kind: PlannedChange['kind'],
  { id, serverType }: ServerEntry,
  why: readonly string[],
): PlannedChange {
  return { kind, id, serverType, why };
}

/** What differs, key by key; of a secret only that it does. */
function compareEntries(before: ServerEntry, after: ServerEntry): string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => {
    const [was, is] = [show(before[key]), show(after[key])];
    if (was === is) return [];
    const isSecret = listSecretsOf(key, `${was}${is}`).length > 0;
    return [isSecret ? `${key} is another one` : `${key}: ${was} -> ${is}`];
  });
}

function show(value: ServerEntry[string]): string {
  return value === undefined ? 'none' : JSON.stringify(value);
}
