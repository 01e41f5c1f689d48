import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, type ParseError } from 'jsonc-parser';
import ts from 'typescript';
import { listPages, readCodeBlocks, ROOT } from './code-blocks.ts';

/** Blocks that other tests run or load are not looked at here again. */
const blocks = listPages().flatMap((page) =>
  readCodeBlocks(page)
    .filter(({ marks }) => marks.size === 0)
    .map((block) => ({ ...block, place: `${page}:${String(block.line)}` })),
);
const blocksOf = (...languages: readonly string[]): (readonly [string, string, string])[] =>
  blocks
    .filter(({ language }) => languages.includes(language))
    .map(({ place, language, text }) => [place, language, text] as const);

describe('a snippet of the documentation that is only shown', () => {
  it.each(blocksOf('js', 'mjs', 'ts'))('%s is %s', (_place, language, text) => {
    const fileName = language === 'ts' ? 'snippet.mts' : 'snippet.mjs';
    const { diagnostics = [] } = ts.transpileModule(text, {
      fileName,
      reportDiagnostics: true,
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 },
    });
    expect(diagnostics.map(({ messageText }) => messageText)).toEqual([]);
  });

  it.each(blocksOf('json'))('%s is %s', (_place, _language, text) => {
    // A page may show a line of a log, or several.
    for (const document of isWhole(text) ? [text] : text.trim().split('\n'))
      expect(isWhole(document)).toBe(true);
  });

  it.each(blocksOf('sh'))('%s is a text for a %s', (_place, _language, text) => {
    const { status, stderr } = spawnSync('sh', ['-n'], { input: text, encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });

  it.each(blocksOf('sh'))('%s has commands and flags that there are', (_place, _language, text) => {
    const lines = text.replace(/\\\n/g, ' ').split('\n');
    const strangers = lines.flatMap((line) => {
      const [, verb = '', rest = ''] = /^(?:npx )?vigil (\S+)(.*)$/.exec(line.trim()) ?? [];
      if (verb === '' || verb.startsWith('-')) return [];
      const chapter = CHAPTERS.get(verb);
      if (chapter === undefined) return [verb];
      return flagsOf(rest).filter((flag) => !chapter.includes(flag) && !COMMON.includes(flag));
    });
    expect(strangers).toEqual([]);
  });
});

const REFERENCE = readFileSync(join(ROOT, 'docs/reference/cli.md'), 'utf8').split(/^## /m);
const COMMON = REFERENCE.filter((chapter) => !chapter.startsWith('vigil ')).join('');
const CHAPTERS = new Map(
  REFERENCE.flatMap((chapter) => {
    const [, verb] = /^vigil (\S+)/.exec(chapter) ?? [];
    return verb === undefined ? [] : [[verb, chapter] as const];
  }),
);

/** What stands before a program's own arguments. */
function flagsOf(words: string): string[] {
  const [own = ''] = words.split(/ -- | \| |'/, 1);
  return own.match(/(?<= )--[a-z][a-z-]*/g) ?? [];
}

function isWhole(text: string): boolean {
  const errors: ParseError[] = [];
  parse(text, errors, { allowTrailingComma: false });
  return errors.length === 0;
}
