import type { ConfigPath } from './config-problem.ts';
import { matchField } from './field.ts';
import type { Field, GroupField } from './field.ts';

/** The field at a path, or undefined where there is none. */
export function fieldAt(root: Field, path: ConfigPath): Field | undefined {
  let field: Field | undefined = root;
  for (const segment of path) {
    if (field === undefined) return undefined;
    field = child(field, segment);
  }
  return field;
}

/** All fields from the root to the one at the path, as far as there are any. */
export function fieldsAlong(root: Field, path: ConfigPath): Field[] {
  return path.flatMap((_, index) => fieldAt(root, path.slice(0, index + 1)) ?? []);
}

/** The field of a key of a group. */
export function groupMember(group: GroupField, key: string): Field | undefined {
  if (Object.hasOwn(group.fields, key)) return group.fields[key];
  return group.rest?.name.test(key) === true ? group.rest.field : undefined;
}

/** The group a field is, or switches on. */
export function asGroup(field: Field | undefined): GroupField | undefined {
  if (field?.kind === 'off') return asGroup(field.on);
  return field?.kind === 'group' ? field : undefined;
}

function child(field: Field, segment: string | number): Field | undefined {
  return matchField<Field | undefined>(field, {
    group: (group) => groupMember(group, String(segment)),
    off: ({ on }) => child(on, segment),
    list: ({ item }) => item,
    range: ({ item }) => item,
    either: ({ free }) => free,
    free: (free) => free,
    boolean: () => undefined,
    number: () => undefined,
    text: () => undefined,
    choice: () => undefined,
    function: () => undefined,
  });
}
