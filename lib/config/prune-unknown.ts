import type { ConfigPath } from './config-problem.ts';
import type { Field, GroupField } from './field.ts';
import { asGroup, fieldAt, groupMember } from './field-at.ts';
import { nearestName } from './nearest-name.ts';
import { isPlainObject } from './plain-object.ts';

/** Splits a value into what its field knows and the paths of the keys it does not know. */
export function pruneUnknown(
  root: GroupField,
  value: unknown,
): { known: unknown; unknown: ConfigPath[] } {
  const unknown: ConfigPath[] = [];
  const prune = (field: Field | undefined, inner: unknown, path: ConfigPath): unknown => {
    const group = asGroup(field);
    if (group === undefined || !isPlainObject(inner)) return inner;
    const known: Record<string, unknown> = {};
    for (const [key, item] of Object.entries(inner)) {
      const member = groupMember(group, key);
      if (member === undefined) unknown.push([...path, key]);
      else known[key] = prune(member, item, [...path, key]);
    }
    return known;
  };
  return { known: prune(root, value, []), unknown };
}

/** What was expected in the place of an unknown key, and the key that was probably meant. */
export function explainUnknown(
  root: GroupField,
  path: ConfigPath,
): { readonly expected: string; readonly suggestion?: string } {
  const key = String(path.at(-1));
  const group = asGroup(fieldAt(root, path.slice(0, -1))) ?? root;
  const suggestion = nearestName(key, Object.keys(group.fields)) ?? elsewhere(root, key, '');
  const expected = group.rest === undefined ? 'a known key' : group.rest.nameExpected;
  return suggestion === undefined ? { expected } : { expected, suggestion };
}

/** The path of the first key anywhere below of that name, or of that name and a unit. */
function elsewhere(group: GroupField, key: string, prefix: string): string | undefined {
  for (const [name, field] of Object.entries(group.fields)) {
    if (name === key || name === `${key}Seconds`) return prefix + name;
    const inner = asGroup(field);
    const found = inner === undefined ? undefined : elsewhere(inner, key, `${prefix}${name}.`);
    if (found !== undefined) return found;
  }
  return undefined;
}
