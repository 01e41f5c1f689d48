import { ConfigError } from './config-error.ts';
import { createProblem, quote } from './config-problem.ts';
import type { Field, GroupField } from './field.ts';
import { fieldAt } from './field-at.ts';

/** One value that a flag or a command puts over what a file says. */
export interface ConfigOverride {
  /** How the flag is called in problems. */
  readonly flag: string;
  /** Dotted path of the key. */
  readonly path: string;
  readonly value: unknown;
}

/**
 * Reads `key.path=value`, as given to `--set`.
 *
 * @throws ERR_CONFIG_INVALID when there is no `=`, or nothing before it
 */
export function parseSetting(root: GroupField, text: string): ConfigOverride {
  const equals = text.indexOf('=');
  if (equals <= 0) {
    const found = quote(text, 40);
    throw new ConfigError([
      createProblem({
        origin: 'override',
        file: '--set',
        line: null,
        column: null,
        path: '',
        expected: 'key.path=value',
        found,
      }),
    ]);
  }
  const path = text.slice(0, equals).trim();
  // Without the value: it may be a secret.
  return {
    flag: `--set ${path}`,
    path,
    value: parseSettingValue(root, path, text.slice(equals + 1)),
  };
}

/** A value typed by a person: JSON if it is, else a text. Where a text is wanted, `42` and `true` are texts. */
export function parseSettingValue(root: GroupField, path: string, text: string): unknown {
  const field = fieldAt(root, path.split('.'));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text;
  }
  return takesText(field) && (typeof value === 'number' || typeof value === 'boolean')
    ? text
    : value;
}

function takesText(field: Field | undefined): boolean {
  return field?.kind === 'text' || field?.kind === 'choice';
}
