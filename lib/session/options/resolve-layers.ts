import { checkLayers, problemAt } from '../../config/check-layer.ts';
import { ConfigError } from '../../config/config-error.ts';
import type { ConfigLayer } from '../../config/config-layer.ts';
import type { ConfigPath, ConfigProblem } from '../../config/config-problem.ts';
import { expectedText } from '../../config/expected-text.ts';
import { fieldAt } from '../../config/field-at.ts';
import { mergeLayers } from '../../config/merge-layers.ts';
import type { MergedConfig } from '../../config/merge-layers.ts';
import { findMissingKeys } from '../../config/inspect-value.ts';
import { showValue } from '../../config/show-value.ts';
import { SESSION_FIELDS } from './fields.ts';
import { findBrokenRules } from './option-rules.ts';
import type { BrokenRule } from './option-rules.ts';
import { rememberSources } from './option-sources.ts';
import { resolveSessionOptions } from './resolve-session-options.ts';
import type { SessionPlace } from './resolve-session-options.ts';
import type { ResolvedSessionOptions } from './resolved-session-options.ts';

/**
 * Checks layers of options, lays them over one another and resolves the result.
 *
 * @throws ERR_CONFIG_INVALID with all problems that could be found at once
 */
export function resolveLayers(
  layers: readonly ConfigLayer[],
  place: SessionPlace,
): ResolvedSessionOptions {
  const problems = checkLayers(SESSION_FIELDS, layers);
  const merged = mergeLayers(SESSION_FIELDS, layers);
  throwIfAny([...problems, ...findMissing(merged, layers, problems)]);
  const options = resolveSessionOptions(merged.value, place);
  throwIfAny(findBrokenRules(options).map((rule) => ruleProblem(rule, merged, layers)));
  return rememberSources(
    options,
    new Map([...merged.sources].map(([path, layer]) => [path, layer.origin])),
  );
}

function throwIfAny(problems: readonly ConfigProblem[]): void {
  if (problems.length > 0) throw new ConfigError(problems);
}

// Only the layers together must be complete; the values each of them has were checked before.
function findMissing(
  merged: MergedConfig,
  layers: readonly ConfigLayer[],
  known: readonly ConfigProblem[],
): ConfigProblem[] {
  const isMisspelt = (path: ConfigPath): boolean =>
    known.some(({ suggestion }) => suggestion === path.at(-1));
  const missing = findMissingKeys(SESSION_FIELDS, merged.value).filter((path) => !isMisspelt(path));
  return missing.map((path) => {
    const field = fieldAt(SESSION_FIELDS, path);
    const expected = field === undefined ? 'something' : expectedText(field);
    return problemAt(sourceOf(path, merged, layers), path, {
      expected,
      found: 'nothing',
      part: 'key',
    });
  });
}

function ruleProblem(
  { sides }: BrokenRule,
  merged: MergedConfig,
  layers: readonly ConfigLayer[],
): ConfigProblem {
  const rank = (path: readonly string[]): number => {
    const layer = merged.sources.get(path.join('.'));
    return layer === undefined ? -1 : layers.indexOf(layer);
  };
  const [first, second] = sides;
  const { path, expected, found } = rank(second.path) > rank(first.path) ? second : first;
  return problemAt(sourceOf(path, merged, layers), path, { expected, found: showValue(found) });
}

/** The layer that set a path, or else what is around it. */
function sourceOf(
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
