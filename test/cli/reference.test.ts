import { readFileSync } from 'node:fs';
import { EXIT } from '../../lib/cli/exit-codes.ts';
import { loadForms } from '../../lib/cli/verb-table.ts';

const FORMS = loadForms();
const INNER_FORMS = FORMS.flatMap((form) =>
  'verbs' in form ? Object.values(form.verbs).map((load) => load()) : [],
);
const PAGE = readFileSync('docs/reference/cli.md', 'utf8');
const SHARED = ['name', 'state-dir', 'config', 'json'];

/** The part of the page about one command. */
function chapterOf(name: string): string {
  return PAGE.split(/^## /m).find((chapter) => chapter.startsWith(`vigil ${name}`)) ?? '';
}

describe('the reference of the commands', () => {
  it('has a chapter for each command, in the order of the help', () => {
    const chapters = [...PAGE.matchAll(/^## vigil (\S+)/gm)].map((match) => match[1]);
    expect(chapters).toEqual(FORMS.map(({ name }) => name));
  });

  it.each(FORMS.map((form) => [form.name, form] as const))(
    'names every flag of %s',
    (name, form) => {
      const chapter = chapterOf(name);
      const flags = form.flags.filter((flag) => name === 'run' || !SHARED.includes(flag.name));
      const missing = flags.filter((flag) => !chapter.includes(`\`--${flag.name}\``));
      expect(missing.map((flag) => flag.name)).toEqual([]);
      const undocumented = flags.filter(
        ({ alias }) => alias !== undefined && !chapter.includes(`\`-${alias}\``),
      );
      expect(undocumented.map((flag) => flag.name)).toEqual([]);
    },
  );

  it.each(INNER_FORMS.map((form) => [form.name, form] as const))(
    'has a chapter for %s that names every flag of it',
    (name, form) => {
      const chapter = chapterOf(name.split(' ')[0] ?? '');
      const part = chapter.split(/^### /m).find((text) => text.startsWith(`vigil ${name}`)) ?? '';
      const names = form.flags.flatMap((flag) => [
        `--${flag.name}`,
        ...(flag.alias === undefined ? [] : [`-${flag.alias}`]),
      ]);
      expect(names.filter((flag) => !part.includes(`\`${flag}\``))).toEqual([]);
    },
  );

  it('names every exit code', () => {
    const missing = Object.values(EXIT).filter((code) => !new RegExp(`\\b${code}\\b`).test(PAGE));
    expect(missing).toEqual([]);
  });
});
