import type { ConfigPath, ConfigProblem } from './config-problem.ts';
import { isForbiddenKey } from './json-document.ts';
import { isPlainObject } from './plain-object.ts';

const DEEPEST = 64;

type Mistake = Pick<ConfigProblem, 'expected' | 'found'>;

/**
 * Copies plain objects and lists, without keys whose value is undefined; anything else (functions, buffers) is
 * taken over as it is. Never throws: what cannot be copied is told to `report` and left out.
 */
export function copyPlain(
  value: unknown,
  report: (path: ConfigPath, mistake: Mistake) => void,
): unknown {
  const copy = (inner: unknown, path: ConfigPath): unknown => {
    if (path.length > DEEPEST) {
      report(path.slice(0, 4), { expected: `at most ${DEEPEST} levels of nesting`, found: 'more' });
      return undefined;
    }
    try {
      if (Array.isArray(inner))
        return inner.map((item: unknown, index) => copy(item, [...path, index]));
      return isPlainObject(inner) ? Object.fromEntries(copyEntries(inner, path)) : inner;
    } catch (error) {
      report(path, {
        expected: 'readable values',
        found: `an error while reading (${String(error).slice(0, 80)})`,
      });
      return undefined;
    }
  };
  const copyEntries = (inner: Record<string, unknown>, path: ConfigPath): [string, unknown][] =>
    Object.entries(inner).flatMap(([key, item]): [string, unknown][] => {
      if (isForbiddenKey(key)) {
        report([...path, key], { expected: 'no such key', found: `"${key}"` });
        return [];
      }
      return item === undefined ? [] : [[key, copy(item, [...path, key])]];
    });
  return copy(value, []);
}
