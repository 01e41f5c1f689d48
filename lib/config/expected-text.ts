import { matchField } from './field.ts';
import type { Field, FieldCases, NumberField } from './field.ts';

/** What a field takes, in words that follow "expected". */
export function expectedText(field: Field): string {
  return matchField(field, TEXTS);
}

const TEXTS: FieldCases<string> = {
  boolean: () => 'true or false',
  number: numberText,
  text: ({ expected }) => expected,
  choice: ({ values }) => `one of ${values.map((value) => `"${value}"`).join(', ')}`,
  list: listText,
  range: ({ item }) => `a list of two numbers, the lower first, each ${numberText(item)}`,
  group: () => 'an object',
  off: ({ on }) => `${expectedText(on)} or false`,
  either: ({ text, free }) => `${expectedText(text)} or ${expectedText(free)}`,
  free: ({ expected }) => expected,
  function: () => 'a function, given in code',
};

function numberText(field: NumberField): string {
  return `${field.integer === true ? 'an integer' : 'a number'} from ${field.min} to ${field.max}`;
}

function listText(field: Extract<Field, { kind: 'list' }>): string {
  const list = `${(field.minLength ?? 0) > 0 ? 'a list with at least one item' : 'a list'}, each ${expectedText(field.item)}`;
  return field.orSingle === true ? `${expectedText(field.item)}, or ${list}` : list;
}
