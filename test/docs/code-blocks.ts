import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

export interface CodeBlock {
  readonly language: string;
  /** What the page says is to be done with it: `run`, `file=server.js`, `shows=vigil` … */
  readonly marks: ReadonlyMap<string, string>;
  readonly text: string;
  readonly line: number;
}

export const ROOT = join(__dirname, '../..');

const FENCE = /^```(\w+)([^\n]*)\n([^]*?)^```$/gm;

/** The fenced blocks of a page, in order. A mark follows the language: `name` or `name=value`. */
export function readCodeBlocks(page: string): CodeBlock[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  return [...text.matchAll(FENCE)].map((match) => ({
    language: match[1] ?? '',
    marks: new Map(readMarks(match[2] ?? '')),
    text: match[3] ?? '',
    line: text.slice(0, match.index).split('\n').length,
  }));
}

function readMarks(info: string): [string, string][] {
  return info
    .split(' ')
    .filter(Boolean)
    .map((mark) => {
      const [name = '', value = ''] = mark.split('=');
      return [name, value];
    });
}

/** The pages for users, as paths from the root. */
export function listPages(): string[] {
  const pages = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' });
  return ['README.md', ...pages.map((name) => join('docs', name))]
    .filter((name) => name.endsWith('.md') && !/docs\/(api|decisions)\//.test(name))
    .map((name) => relative('.', name))
    .sort();
}
