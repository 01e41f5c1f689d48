import { createProblem, firstProblems, formatPath } from './config-problem.ts';
import type { ConfigOrigin, ConfigPath, ConfigProblem } from './config-problem.ts';
import { copyPlain } from './copy-plain.ts';
import { readConfigFile } from './config-file.ts';
import { parseJsonDocument } from './json-document.ts';
import type { JsonDocument, JsonMistake } from './json-document.ts';
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

/**
 * @param mayBeList - the file may hold a list as well as an object
 * @throws ERR_CONFIG_READ when there is no such file
 */
export function readFileLayer(
  file: string,
  source: LayerSource,
  mayBeList: boolean = false,
): ConfigLayer {
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
  const positionAt = createPositionFinder(text);
  return {
    ...source,
    origin: 'file',
    value: document.value,
    problems:
      mayBeList && Array.isArray(document.value)
        ? []
        : documentProblems(document, { label: source.label, positionAt }),
    locate: (path, part) => positionAt(document.locate(path, part)),
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
  { label, positionAt }: { label: string; positionAt: (offset: number) => Position },
): ConfigProblem[] {
  const { value, mistakes } = document;
  const problemOf = ({ offset, ...mistake }: JsonMistake): ConfigProblem =>
    createProblem({ origin: 'file', file: label, ...positionAt(offset), ...mistake });
  if (mistakes.length > 0 || isPlainObject(value)) return firstProblems(mistakes).map(problemOf);
  const found = Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`;
  const offset = document.locate([], 'value');
  return [problemOf({ offset, path: '', expected: 'a JSON object', found })];
}

function createPositionFinder(text: string): (offset: number) => Position {
  const lineStarts = [
    0,
    ...Array.from(text.matchAll(/\r\n|\r|\n/g), (end) => end.index + end[0].length),
  ];
  return (offset) => {
    const line = lineStarts.findLastIndex((start) => start <= offset);
    return { line: line + 1, column: offset - (lineStarts[line] ?? 0) + 1 };
  };
}
