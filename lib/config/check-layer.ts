import type { ConfigLayer } from './config-layer.ts';
import { createProblem, firstProblems, formatPath } from './config-problem.ts';
import type { ConfigPath, ConfigProblem } from './config-problem.ts';
import { expectedText } from './expected-text.ts';
import type { Field, GroupField } from './field.ts';
import { fieldAt } from './field-at.ts';
import { nearestName } from './nearest-name.ts';
import { isPlainObject } from './plain-object.ts';
import { explainUnknown, inspectValue } from './inspect-value.ts';
import { showValue } from './show-value.ts';

/** Checks each layer by itself: every key known, every value of its kind. Keys may be missing. */
export function checkLayers(root: GroupField, layers: readonly ConfigLayer[]): ConfigProblem[] {
  return layers.flatMap((layer) => {
    if (layer.problems.length > 0) return layer.problems;
    const { unknown, misfits } = inspectValue(root, layer.value);
    const problems = [
      ...firstProblems(unknown).map((path) => unknownKeyProblem(root, layer, path)),
      ...firstProblems(misfits).map((path) => misfitProblem(root, layer, path)),
    ];
    return problems.sort(byPlace);
  });
}

function byPlace(a: ConfigProblem, b: ConfigProblem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

/** A problem at a path of a layer, with the place where it stands. */
export function problemAt(
  layer: Pick<ConfigLayer, 'origin' | 'label' | 'locate'>,
  path: ConfigPath,
  parts: {
    readonly expected: string;
    readonly found: string;
    readonly suggestion?: string;
    readonly part?: 'key' | 'value';
  },
): ConfigProblem {
  const { part = 'value', ...texts } = parts;
  const position = layer.locate(path, part) ?? { line: null, column: null };
  return createProblem({
    origin: layer.origin,
    file: layer.label,
    ...position,
    path: formatPath(path),
    ...texts,
  });
}

function unknownKeyProblem(root: GroupField, layer: ConfigLayer, path: ConfigPath): ConfigProblem {
  const found = showValue(String(path.at(-1)));
  return problemAt(layer, path, { ...explainUnknown(root, path), found, part: 'key' });
}

function misfitProblem(root: GroupField, layer: ConfigLayer, path: ConfigPath): ConfigProblem {
  const field = fieldAt(root, path);
  const value = valueAt(layer.value, path);
  const suggestion = typeof value === 'string' ? suggestValue(field, value) : undefined;
  return problemAt(layer, path, {
    expected: field === undefined ? 'something else' : expectedText(field),
    found: showValue(value, field),
    ...(suggestion === undefined ? {} : { suggestion }),
  });
}

function suggestValue(field: Field | undefined, value: string): string | undefined {
  if (field?.kind === 'choice') return nearestName(value, field.values);
  if (field?.kind === 'boolean') return nearestName(value, ['true', 'false']);
  return undefined;
}

function valueAt(value: unknown, path: ConfigPath): unknown {
  return path.reduce<unknown>((inner, segment) => {
    if (Array.isArray(inner)) return inner[Number(segment)] as unknown;
    return isPlainObject(inner) && Object.hasOwn(inner, segment) ? inner[segment] : undefined;
  }, value);
}
