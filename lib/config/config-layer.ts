import { createProblem, formatPath } from './config-problem.ts';
import type { ConfigOrigin, ConfigPath, ConfigProblem } from './config-problem.ts';
import { copyPlain } from './copy-plain.ts';
import { readConfigFile } from './config-file.ts';
import { parseJsonDocument } from './json-document.ts';
import type { JsonDocument } from './json-document.ts';
import { isPlainObject } from './plain-object.ts';

/** One of the things that say how to run: a file, an object given in code, a flag. Later ones win. */
export interface ConfigLayer {
  readonly origin: ConfigOrigin;
  /** How the layer is called in problems. */
  readonly label: string;
  readonly value: unknown;
  /** Relative paths in the layer are relative to it. Absolute. */
  readonly directory: string;
  readonly problems: readonly ConfigProblem[];
  /** Line and column, from 1, of a path; null where there is no text. */
  locate(path: ConfigPath, part: 'key' | 'value'): Position | null;
}

interface Position {
  readonly line: number;
  readonly column: number;
}

interface LayerSource {
  readonly label: string;
  readonly directory: string;
}

/** @throws ERR_CONFIG_READ when there is no such file */
export function readFileLayer(file: string, source: LayerSource): ConfigLayer {
  const content = readConfigFile(file, source.label);
  if ('problem' in content) {
    return {
      ...source,
      origin: 'file',
      value: {},
      problems: [content.problem],
      locate: () => null,
    };
  }
  const { text } = content;
  const document = parseJsonDocument(text);
  return {
    ...source,
    origin: 'file',
    value: document.value,
    problems: documentProblems(document, { text, label: source.label }),
    locate: (path, part) => positionOf(text, document.locate(path, part)),
  };
}

/** An object given by a program. It is copied: later changes to it have no effect. */
export function createCodeLayer(value: unknown, source: LayerSource): ConfigLayer {
  return plainLayer('code', value, source);
}

/** One value for one path, as from a flag. */
export function createOverrideLayer(
  path: readonly string[],
  value: unknown,
  source: LayerSource,
): ConfigLayer {
  const nested = path.reduceRight<unknown>(
    (inner, key) => Object.fromEntries([[key, inner]]),
    value,
  );
  return plainLayer('override', nested, source);
}

function plainLayer(origin: ConfigOrigin, value: unknown, source: LayerSource): ConfigLayer {
  const problems: ConfigProblem[] = [];
  const copy = copyPlain(value, (path, mistake) => {
    problems.push(
      createProblem({
        origin,
        file: source.label,
        line: null,
        column: null,
        path: formatPath(path),
        ...mistake,
      }),
    );
  });
  return { ...source, origin, value: copy, problems, locate: () => null };
}

function documentProblems(
  document: JsonDocument,
  { text, label }: { text: string; label: string },
): ConfigProblem[] {
  const problems = document.mistakes.map(({ offset, ...mistake }) =>
    createProblem({ origin: 'file', file: label, ...positionOf(text, offset), ...mistake }),
  );
  if (problems.length === 0 && !isPlainObject(document.value)) {
    const found = Array.isArray(document.value)
      ? 'a list'
      : `a ${document.value === null ? 'null' : typeof document.value}`;
    const place = positionOf(text, document.locate([], 'value'));
    problems.push(
      createProblem({
        origin: 'file',
        file: label,
        ...place,
        path: '',
        expected: 'a JSON object',
        found,
      }),
    );
  }
  return problems;
}

function positionOf(text: string, offset: number): Position {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/);
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}
