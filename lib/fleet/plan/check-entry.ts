import type { ConfigPath, ConfigProblem } from '../../config/config-problem.ts';
import { isPlainObject } from '../../config/plain-object.ts';
import { showValue } from '../../config/show-value.ts';
import { type EntryKey, OWN_KEY, OWN_VALUE, SERVER_KEYS } from './entry-keys.ts';
import type { WrittenEntry } from './expand-entry.ts';
import type { FleetPart } from './fleet-file.ts';

export type ProblemAt = FleetPart['problem'];

/** @returns the entry as it is written, with its type; or what is wrong with it */
export function checkEntry(
  value: unknown,
  path: ConfigPath,
  { type, problem }: { readonly type: string; readonly problem: ProblemAt },
): { readonly entry: WrittenEntry | null; readonly problems: readonly ConfigProblem[] } {
  if (!isPlainObject(value))
    return { entry: null, problems: [problem(path, 'an object: a server', showValue(value))] };
  const needed = value['clusterCount'] === undefined ? ['id', 'host'] : ['host', 'port'];
  const problems = [
    ...needed
      .filter((key) => value[key] === undefined)
      .map((key) => problem([...path, key], keyOf(key).expected, 'nothing')),
    ...Object.entries(value).flatMap(([key, inner]) => checkKey([key, inner], path, problem)),
    ...checkType(value['serverType'], type, { path, problem }),
  ];
  if (problems.length > 0) return { entry: null, problems };
  return { entry: { ...(value as WrittenEntry), serverType: type }, problems };
}

function checkKey(
  [key, value]: [string, unknown],
  path: ConfigPath,
  problem: ProblemAt,
): ConfigProblem[] {
  const own = !Object.hasOwn(SERVER_KEYS, key);
  if (own && !OWN_KEY.test(key))
    return [problem([...path, key], 'a key of letters, digits, "_", "." and "-"', showValue(key))];
  const { expected, fits } = keyOf(key);
  return fits(value) ? [] : [problem([...path, key], expected, showOf(key, value))];
}

function checkType(
  given: unknown,
  type: string,
  { path, problem }: { path: ConfigPath; problem: ProblemAt },
): ConfigProblem[] {
  if (given === undefined || given === type) return [];
  return [problem([...path, 'serverType'], `"${type}", as the list it is in`, showValue(given))];
}

function keyOf(key: string): EntryKey {
  return (Object.hasOwn(SERVER_KEYS, key) ? SERVER_KEYS[key] : undefined) ?? OWN_VALUE;
}

/** What may be a secret is told by its kind only. */
function showOf(key: string, value: unknown): string {
  return typeof value === 'string' && !Object.hasOwn(SERVER_KEYS, key)
    ? 'a text'
    : showValue(value);
}
