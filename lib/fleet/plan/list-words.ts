import type { EntryValue } from './server-entry.ts';

/** Arguments of a program, written as one text with spaces between them, or as a list of which each is one. */
export function listWords(value: EntryValue | undefined): string[] {
  if (value === undefined) return [];
  if (typeof value === 'object') return value.map(String);
  return String(value)
    .split(/\s+/)
    .filter((word) => word !== '');
}
