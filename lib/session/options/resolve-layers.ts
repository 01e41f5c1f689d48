import { problemAt } from '../../config/check-layer.ts';
import { combineLayers, sourceOf, throwProblems } from '../../config/combine-layers.ts';
import type { ConfigLayer } from '../../config/config-layer.ts';
import type { ConfigProblem } from '../../config/config-problem.ts';
import type { MergedConfig } from '../../config/merge-layers.ts';
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
  const merged = combineLayers(SESSION_FIELDS, layers);
  const options = resolveSessionOptions(merged.value, place);
  throwProblems(findBrokenRules(options).map((rule) => ruleProblem(rule, merged, layers)));
  return rememberSources(
    options,
    new Map([...merged.sources].map(([path, layer]) => [path, layer.origin])),
  );
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
