import type { EventFilter } from './client-config.ts';
import { ClientConfigError } from './client-config-error.ts';

const FIELDS = ['name', 'attribute', 'value'] as const;
/** Many more than anybody wants; each is asked of each event. */
const MOST_FILTERS = 1000;
const LONGEST_PATTERN = 4096;

/** @throws ClientConfigError */
export function parseFilters(value: unknown): EventFilter[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new ClientConfigError('filters must be a list of objects');
  if (value.length > MOST_FILTERS)
    throw new ClientConfigError(`filters must be at most ${MOST_FILTERS}`);
  return value.map(parseFilter);
}

function parseFilter(given: unknown): EventFilter {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new ClientConfigError('filters list must contain object types');
  const fields = given as Readonly<Record<string, unknown>>;
  const texts = FIELDS.map((field) => readText(fields[field]));
  const [name, attribute, value] = FIELDS.map((field, at) => check(field, texts[at], texts));
  return { name: name ?? '', attribute: attribute ?? '', value: value ?? '' };
}

function check(
  field: string,
  text: string | null | undefined,
  texts: readonly (string | null)[],
): string {
  if (text === null || text === undefined || text === '') {
    const shown = texts.map((one, at) => `${FIELDS[at] ?? ''}:${String(one)}`);
    throw new ClientConfigError(`${field} is required in filter: {${shown.join(',')}}`);
  }
  if (text.length <= LONGEST_PATTERN) return text;
  throw new ClientConfigError(`${field} of a filter must be at most ${LONGEST_PATTERN} characters`);
}

/** A number or a boolean stands for its text; null for nothing. */
function readText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}
