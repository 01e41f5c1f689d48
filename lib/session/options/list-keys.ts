import { matchField, type Field } from '../../config/field.ts';
import { SESSION_FIELDS } from './fields.ts';

/** A key of the configuration as it is written in a file or after `--set`. */
export interface ConfigKey {
  /** Dotted path. */
  readonly path: string;
  readonly describe: string;
  /** The values it takes, where they are few. */
  readonly values: readonly string[];
  /** Whether it may change while the session runs. */
  readonly isLive: boolean;
}

/** Every key of the configuration that holds a value of its own, in the order of the reference. @lazy */
export function listConfigKeys(): readonly ConfigKey[] {
  return Object.entries(SESSION_FIELDS.fields).flatMap(([key, field]) =>
    key === '$schema' ? [] : listOf(key, field, false),
  );
}

function listOf(path: string, field: Field, isWithinLive: boolean): ConfigKey[] {
  const isLive = isWithinLive || field.live === true;
  const inner = field.kind === 'off' ? field.on : field;
  if (inner.kind === 'function') return [];
  if (inner.kind === 'group') {
    const keys = Object.entries(inner.fields).flatMap(([name, one]) =>
      listOf(`${path}.${name}`, one, isLive),
    );
    return field.kind === 'off' ? [describeKey(path, field, isLive), ...keys] : keys;
  }
  return [describeKey(path, field, isLive)];
}

function describeKey(path: string, field: Field, isLive: boolean): ConfigKey {
  return { path, describe: field.description, values: valuesOf(field), isLive };
}

function valuesOf(field: Field): readonly string[] {
  const none = (): readonly string[] => [];
  return matchField<readonly string[]>(field, {
    boolean: () => ['true', 'false'],
    choice: ({ values }) => values,
    off: ({ on }) => ['false', ...valuesOf(on)],
    number: none,
    text: none,
    list: none,
    range: none,
    group: none,
    either: none,
    free: none,
    function: none,
  });
}
