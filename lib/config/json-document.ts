import type { Node, ParseError } from 'jsonc-parser';
import { formatPath, quote } from './config-problem.ts';
import type { ConfigPath } from './config-problem.ts';

const LONGEST_SHOWN = 20;
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
const REFUSED_KEY = 'a key other than __proto__, constructor and prototype';

/** JSON text with comments, read: its value, and where in the text each part of it stands. */
export interface JsonDocument {
  readonly value: unknown;
  readonly mistakes: readonly JsonMistake[];
  /** Offset of a key (of its value, for items of a list), or of the nearest thing above it that is there. */
  locate(path: ConfigPath, part: 'key' | 'value'): number;
}

export interface JsonMistake {
  readonly offset: number;
  readonly path: string;
  readonly expected: string;
  readonly found: string;
}

/** Reads JSON with comments and trailing commas. It never throws; mistakes of syntax are told with the first only. */
export function parseJsonDocument(text: string): JsonDocument {
  return parsePlainly(text) ?? parseWithPlaces(text);
}

/** What needs neither comments nor a mistake told is read without the parser, which takes its time to load. */
function parsePlainly(text: string): JsonDocument | null {
  try {
    const value: unknown = JSON.parse(text);
    // Of a key that is there twice, one is lost without a word.
    if (countKeys(value) !== countColons(text)) return null;
    let whole: JsonDocument | null = null;
    return {
      value,
      mistakes: [],
      locate: (path, part) => {
        if (path.length === 0) return text.search(/\S/);
        whole ??= parseWithPlaces(text);
        return whole.locate(path, part);
      },
    };
  } catch {
    return null;
  }
}

function countColons(text: string): number {
  return text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"/g, '').split(':').length - 1;
}

/** @returns not a number when one of them is forbidden */
function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const keys = Array.isArray(value) ? [] : Object.keys(value);
  if (keys.some(isForbiddenKey)) return Number.NaN;
  return Object.values(value).reduce(
    (sum: number, item: unknown) => sum + countKeys(item),
    keys.length,
  );
}

function parseWithPlaces(text: string): JsonDocument {
  const library = loadParser();
  const errors: ParseError[] = [];
  let root: Node | undefined;
  try {
    root = library.parseTree(text, errors, { allowTrailingComma: true });
  } catch {
    return failed({
      offset: 0,
      path: '',
      expected: 'fewer levels of nesting',
      found: 'more than can be read',
    });
  }
  const [first] = errors;
  if (first !== undefined) return failed(syntaxMistake(text, first));
  if (root === undefined)
    return failed({ offset: 0, path: '', expected: 'a JSON object', found: 'nothing' });
  const mistakes: JsonMistake[] = [];
  const value = readNode(root, [], mistakes);
  return { value, mistakes, locate: (path, part) => locate(root, path, part) };
}

function loadParser(): typeof import('jsonc-parser') {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded on first use
  return require('jsonc-parser') as typeof import('jsonc-parser');
}

function failed(mistake: JsonMistake): JsonDocument {
  return { value: undefined, mistakes: [mistake], locate: () => mistake.offset };
}

// By number: the library's const enum is not there at run time.
const SYNTAX: Readonly<Record<number, string>> = {
  1: 'valid JSON, with keys and texts in double quotes',
  2: 'a number',
  3: 'a key in double quotes',
  4: 'a value',
  5: 'a colon',
  6: 'a comma',
  7: 'a closing brace',
  8: 'a closing bracket',
  9: 'the end of the file',
  11: 'the end of a comment',
  12: 'a closing double quote',
  13: 'the rest of a number',
  14: 'four hexadecimal digits',
  15: 'a valid escape sequence',
  16: 'no control characters in a text',
};

function syntaxMistake(text: string, error: ParseError): JsonMistake {
  const found = text.slice(error.offset, error.offset + Math.max(error.length, 1));
  return {
    offset: error.offset,
    path: '',
    expected: SYNTAX[error.error] ?? 'valid JSON',
    found: found === '' ? 'the end of the file' : quote(found, LONGEST_SHOWN),
  };
}

function readNode(node: Node, path: ConfigPath, mistakes: JsonMistake[]): unknown {
  const children = node.children ?? [];
  if (node.type === 'array')
    return children.map((item, index) => readNode(item, [...path, index], mistakes));
  if (node.type !== 'object') return node.value as unknown;
  const value: Record<string, unknown> = {};
  for (const property of children) {
    const [keyNode, valueNode] = property.children ?? [];
    if (keyNode === undefined || valueNode === undefined) continue;
    const key = String(keyNode.value);
    const mistake = keyMistake(key, value);
    if (mistake !== undefined) {
      mistakes.push({ ...mistake, offset: keyNode.offset, path: formatPath([...path, key]) });
    } else {
      value[key] = readNode(valueNode, [...path, key], mistakes);
    }
  }
  return value;
}

function keyMistake(
  key: string,
  seen: object,
): Pick<JsonMistake, 'expected' | 'found'> | undefined {
  if (isForbiddenKey(key)) return { expected: REFUSED_KEY, found: `"${key}"` };
  if (Object.hasOwn(seen, key)) return { expected: 'each key once', found: 'it a second time' };
  return undefined;
}

/** Keys that reach into the prototype of whatever they are copied to. */
export function isForbiddenKey(key: string): boolean {
  return FORBIDDEN_KEYS.has(key);
}

function locate(root: Node, path: ConfigPath, part: 'key' | 'value'): number {
  let node = root;
  let keyOffset = root.offset;
  for (const segment of path) {
    const step = childNode(node, segment);
    if (step === undefined) return keyOffset;
    node = step.value;
    keyOffset = step.keyOffset;
  }
  return part === 'key' ? keyOffset : node.offset;
}

function childNode(
  node: Node,
  segment: string | number,
): { value: Node; keyOffset: number } | undefined {
  const children = node.children ?? [];
  if (node.type === 'array') {
    const value = children[Number(segment)];
    return value === undefined ? undefined : { value, keyOffset: value.offset };
  }
  if (node.type !== 'object') return undefined;
  for (const property of children) {
    const [key, value] = property.children ?? [];
    if (key?.value === segment && value !== undefined) return { value, keyOffset: key.offset };
  }
  return undefined;
}
