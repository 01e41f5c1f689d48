/** A value of the plain part of YAML that the manifests keep to. */
export type Plain =
  string | number | boolean | readonly Plain[] | { readonly [key: string]: Plain };

interface Line {
  readonly number: number;
  readonly indent: number;
  readonly text: string;
}

const KEY = /^([\w./-]+):(?: (.+))?$/;

/**
 * Reads documents of maps, lists and plain values, indented by two blanks; anything beyond that is refused,
 * so that whatever passes here means the same to every reader of YAML.
 */
export function parsePlainYaml(source: string): Plain[] {
  return source.split(/^---$/m).map((document) => {
    const lines = readLines(document);
    const value = readBlock(lines, 0);
    if (lines[0] !== undefined) throw refusal(lines[0], 'is indented by more than it may');
    return value;
  });
}

function readLines(document: string): Line[] {
  return document.split('\n').flatMap((raw, at) => {
    if (/^\s*(#|$)/.test(raw)) return [];
    const text = raw.trimStart();
    const line = { number: at + 1, indent: raw.length - text.length, text };
    if (raw.includes('\t') || raw.trimEnd() !== raw)
      throw refusal(line, 'has a tab or ends in a blank');
    if (line.indent % 2 !== 0) throw refusal(line, 'is indented by an odd number');
    return [line];
  });
}

/** Takes the lines of one block away from the front. */
function readBlock(lines: Line[], indent: number): Plain {
  return lines[0]?.text.startsWith('- ') === true
    ? readList(lines, indent)
    : readMap(lines, indent);
}

function readList(lines: Line[], indent: number): Plain[] {
  const items: Plain[] = [];
  for (
    let line = lines[0];
    line?.indent === indent && line.text.startsWith('- ');
    line = lines[0]
  ) {
    const text = line.text.slice(2);
    if (KEY.test(text)) {
      lines[0] = { ...line, indent: indent + 2, text };
      items.push(readMap(lines, indent + 2));
    } else {
      lines.shift();
      items.push(readScalar(text, line));
    }
  }
  return items;
}

function readMap(lines: Line[], indent: number): Record<string, Plain> {
  const entries: Record<string, Plain> = {};
  for (let line = lines[0]; line?.indent === indent; line = lines[0]) {
    const [, key, rest] = KEY.exec(line.text) ?? [];
    if (key === undefined || Object.hasOwn(entries, key))
      throw refusal(line, 'is no key, or twice');
    lines.shift();
    entries[key] = rest === undefined ? readBlock(lines, indent + 2) : readScalar(rest, line);
  }
  if (Object.keys(entries).length === 0) throw refusal(lines[0], 'is not what was expected');
  return entries;
}

function readScalar(text: string, line: Line): Plain {
  if (/^[[{"]/.test(text)) return JSON.parse(text) as Plain;
  if (/[#&*!|>'%@`,{}[\]]|: |^[-?] |^(?:yes|no|on|off|null|~)$/i.test(text))
    throw refusal(line, 'needs quotes');
  if (/^-?\d+(?:\.\d+)?$/.test(text)) return Number(text);
  return text === 'true' || text === 'false' ? text === 'true' : text;
}

function refusal(line: Line | undefined, why: string): Error {
  return new Error(`line ${String(line?.number ?? 'at the end')} ${why}: ${line?.text ?? ''}`);
}
