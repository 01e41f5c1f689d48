import type { ConfigOrigin } from '../../config/config-problem.ts';
import type { ResolvedSessionOptions } from './resolved-session-options.ts';

/** Where a value came from. */
export type OptionSource = ConfigOrigin | 'default';

/** The origin of each value that is not a default, by its dotted path in the config file. */
export type OptionSources = ReadonlyMap<string, ConfigOrigin>;

// Beside the options rather than in them, so that they can be compared, copied and sent as plain data.
const sourcesOf = new WeakMap<ResolvedSessionOptions, OptionSources>();

export function rememberSources(
  options: ResolvedSessionOptions,
  sources: OptionSources,
): ResolvedSessionOptions {
  sourcesOf.set(options, sources);
  return options;
}

/** Empty for options that were not loaded. */
export function recallSources(options: ResolvedSessionOptions): OptionSources {
  return sourcesOf.get(options) ?? new Map();
}
