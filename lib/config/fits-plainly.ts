import type { Field, NumberField, TextField } from './field.ts';

const LONGEST_PLAIN_TEXT = 1000;

/**
 * Whether a value can be seen to fit its field without the validation library, which takes longer to load
 * than most configurations take to check. False says nothing: the library then has the word.
 */
export function fitsPlainly(field: Field, value: unknown): boolean {
  if (field.kind === 'boolean') return typeof value === 'boolean';
  if (field.kind === 'number') return fitsNumber(field, value);
  if (field.kind === 'text') return fitsText(field, value);
  return field.kind === 'choice' && typeof value === 'string' && field.values.includes(value);
}

function fitsNumber({ min, max, integer }: NumberField, value: unknown): boolean {
  if (typeof value !== 'number' || !(value >= min && value <= max)) return false;
  return integer !== true || Number.isInteger(value);
}

function fitsText({ pattern, maxLength, isUrl }: TextField, value: unknown): boolean {
  if (typeof value !== 'string' || isUrl === true) return false;
  const isShort = value.length <= Math.min(maxLength ?? LONGEST_PLAIN_TEXT, LONGEST_PLAIN_TEXT);
  return isShort && (pattern === undefined || pattern.test(value));
}
