import type { ConfigPath } from './config-problem.ts';
import type { Field, GroupField } from './field.ts';
import { asGroup, fieldAt, groupMember } from './field-at.ts';
import { nearestName } from './nearest-name.ts';
import { isPlainObject } from './plain-object.ts';
import { createLeafChecker } from './schema-library.ts';

/** Paths of what is wrong with a value. */
export interface Inspection {
  readonly unknown: readonly ConfigPath[];
  readonly misfits: readonly ConfigPath[];
}

/**
 * Compares a value with its fields. Keys may be missing.
 *
 * Only what is there is turned over to the validation library: to build a schema of every field would take
 * longer than the rest of the start.
 */
export function inspectValue(root: GroupField, value: unknown): Inspection {
  const checkLeaf = createLeafChecker();
  const unknown: ConfigPath[] = [];
  const misfits: ConfigPath[] = [];
  const inspect = (field: Field, inner: unknown, path: ConfigPath): void => {
    const group = asGroup(field);
    if (isSwitchedOff(field, inner)) return;
    if (group === undefined) {
      misfits.push(...checkLeaf(field, inner).map((rest) => [...path, ...rest]));
    } else if (isPlainObject(inner)) {
      for (const [key, item] of Object.entries(inner)) {
        const member = groupMember(group, key);
        if (member === undefined) unknown.push([...path, key]);
        else inspect(member, item, [...path, key]);
      }
    } else {
      misfits.push(path);
    }
  };
  inspect(root, value, []);
  return { unknown, misfits };
}

function isSwitchedOff(field: Field, value: unknown): boolean {
  return field.kind === 'off' && (value === false || (value === null && field.allowsNull));
}

/** Paths of the keys that a group which is there cannot do without. */
export function findMissingKeys(root: GroupField, value: unknown): ConfigPath[] {
  if (!isPlainObject(value)) return [];
  const own = (root.required ?? []).filter((key) => !Object.hasOwn(value, key));
  const inner = Object.entries(value).flatMap(([key, item]) => {
    const group = asGroup(groupMember(root, key));
    return group === undefined
      ? []
      : findMissingKeys(group, item).map((path): ConfigPath => [key, ...path]);
  });
  return [...own.map((key) => [key]), ...inner];
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
