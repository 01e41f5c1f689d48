import type { Field } from '../../config/field.ts';
import { asGroup, groupMember } from '../../config/field-at.ts';
import { isPlainObject } from '../../config/plain-object.ts';
import { maskSecrets } from '../../config/show-value.ts';
import { toConfigShape } from './config-shape.ts';
import { SESSION_FIELDS } from './fields.ts';
import { recallSources } from './option-sources.ts';
import type { OptionSource, OptionSources } from './option-sources.ts';
import type { ResolvedSessionOptions } from './resolved-session-options.ts';

/** Resolved options fit to be shown: secrets are hidden. */
export interface FormattedOptions {
  readonly configFile: string | null;
  /** In the shape and the units of the config file. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Where each value came from, by its dotted path. */
  readonly sources: Readonly<Record<string, OptionSource>>;
}

/** Prepares options for `vigil check --json`. */
export function formatResolvedOptions(options: ResolvedSessionOptions): FormattedOptions {
  const shape = toConfigShape(options);
  const polling =
    options.polling === false ? false : { route: options.polling.route, ...shape.polling };
  const sources: Record<string, OptionSource> = {};
  const values = formatGroup(
    SESSION_FIELDS,
    { ...shape, polling },
    { given: recallSources(options), sources, prefix: '' },
  );
  return { configFile: options.configFile, values, sources };
}

/** The same as lines of text, `key = value (source)`. */
export function formatResolvedOptionsText(options: ResolvedSessionOptions): string {
  const { values, sources } = formatResolvedOptions(options);
  const lines = Object.entries(sources).map(([path, source]) => {
    const value = path
      .split('.')
      .reduce<unknown>((inner, key) => (isPlainObject(inner) ? inner[key] : undefined), values);
    return `${path} = ${JSON.stringify(value)}  (${source})`;
  });
  return lines.join('\n');
}

interface FormatStep {
  readonly given: OptionSources;
  readonly sources: Record<string, OptionSource>;
  readonly prefix: string;
}

function formatGroup(
  field: Field,
  values: Record<string, unknown>,
  step: FormatStep,
): Record<string, unknown> {
  const group = asGroup(field);
  const formatted: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(values)) {
    const member = group === undefined ? undefined : groupMember(group, key);
    const path = step.prefix + key;
    if (member !== undefined && asGroup(member) !== undefined && isPlainObject(value)) {
      formatted[key] = formatGroup(member, value, { ...step, prefix: `${path}.` });
    } else {
      formatted[key] = typeof value === 'function' ? '(function)' : maskSecrets(value, member);
      step.sources[path] = step.given.get(path) ?? 'default';
    }
  }
  return formatted;
}
