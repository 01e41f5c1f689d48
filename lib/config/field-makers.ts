import type { Field, NumberField, TextField } from './field.ts';

// setTimeout cannot wait longer than 24.8 days.
const LONGEST_SECONDS = 24 * 86_400;
const SHORTEST_SECONDS = 0.001;

/** A duration; it may be 0 only where that has a meaning. */
export function seconds(
  description: string,
  options: { readonly mayBeZero?: boolean } = {},
): NumberField {
  const min = options.mayBeZero === true ? 0 : SHORTEST_SECONDS;
  return { kind: 'number', min, max: LONGEST_SECONDS, description };
}

export function integer(description: string, min: number, max: number): NumberField {
  return { kind: 'number', integer: true, min, max, description };
}

export function flag(description: string): Field {
  return { kind: 'boolean', description };
}

export function path(description: string, defaultText?: string): TextField {
  return {
    kind: 'text',
    expected: 'a path',
    pattern: /^[^\0]+$/,
    isPath: true,
    description,
    ...(defaultText === undefined ? {} : { defaultText }),
  };
}

export function group(
  description: string,
  fields: Readonly<Record<string, Field>>,
  extra: { readonly live?: boolean; readonly required?: readonly string[] } = {},
): Extract<Field, { kind: 'group' }> {
  return { kind: 'group', description, fields, ...extra };
}

/** Something that is off unless given, and that `false` or `null` switches off again. */
export function offUnlessGiven(on: Field): Field {
  return {
    kind: 'off',
    on,
    allowsNull: true,
    description: on.description,
    ...(on.live === true ? { live: true } : {}),
  };
}
