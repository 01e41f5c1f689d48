import { checkLayers, problemAt } from './check-layer.ts';
import { ConfigError } from './config-error.ts';
import type { ConfigLayer } from './config-layer.ts';
import type { ConfigPath, ConfigProblem } from './config-problem.ts';
import { expectedText } from './expected-text.ts';
import type { GroupField } from './field.ts';
import { fieldAt } from './field-at.ts';
import { findMissingKeys } from './inspect-value.ts';
import { mergeLayers, type MergedConfig } from './merge-layers.ts';

/**
 * Checks layers of a configuration and lays them over one another.
 *
 * @throws ERR_CONFIG_INVALID with all problems that could be found at once
 */
export function combineLayers(root: GroupField, layers: readonly ConfigLayer[]): MergedConfig {
  const problems = checkLayers(root, layers);
  const merged = mergeLayers(root, layers);
  throwProblems([...problems, ...findMissing(root, merged, { layers, known: problems })]);
  return merged;
}

/** @throws ERR_CONFIG_INVALID when there are any */
export function throwProblems(problems: readonly ConfigProblem[]): void {
  if (problems.length > 0) throw new ConfigError(problems);
}

// Only the layers together must be complete; the values each of them has were checked before.
function findMissing(
  root: GroupField,
  merged: MergedConfig,
  { layers, known }: { layers: readonly ConfigLayer[]; known: readonly ConfigProblem[] },
): ConfigProblem[] {
  const isMisspelt = (path: ConfigPath): boolean =>
    known.some(({ suggestion }) => suggestion === path.at(-1));
  const missing = findMissingKeys(root, merged.value).filter((path) => !isMisspelt(path));
  return missing.map((path) => {
    const field = fieldAt(root, path);
    const expected = field === undefined ? 'something' : expectedText(field);
    return problemAt(sourceOf(path, merged, layers), path, {
      expected,
      found: 'nothing',
      part: 'key',
    });
  });
}

/** The layer that set a path, or else what is around it. */
export function sourceOf(
  path: ConfigPath,
  merged: MergedConfig,
  layers: readonly ConfigLayer[],
): ConfigLayer {
  for (let length = path.length; length > 0; length--) {
    const layer = merged.sources.get(path.slice(0, length).join('.'));
    if (layer !== undefined) return layer;
  }
  const last = layers.at(-1);
  if (last === undefined) throw new TypeError('there is no layer');
  return last;
}
