import { describeVerb } from '../../lib/cli/help-text.ts';
import { describeVerbs } from '../../lib/cli/overview.ts';
import { loadForm, loadForms, VERB_NAMES } from '../../lib/cli/verb-table.ts';
import { layOutRows, wrapText } from '../../lib/cli/wrap-text.ts';

function longest(text: string): number {
  return Math.max(...text.split('\n').map(({ length }) => length));
}

describe('the help of a command', () => {
  it.each(VERB_NAMES)('%s fits 80 columns, and names its words and flags', (name) => {
    const form = loadForm(name);
    if (form === undefined) throw new Error('no such command');
    const text = describeVerb(form, 80);
    expect(longest(text)).toBeLessThanOrEqual(80);
    expect(text.split('\n')[0]).toMatch(new RegExp(`^vigil ${name}`));
    for (const flag of form.flags) expect(text).toContain(`--${flag.name}`);
    for (const word of form.words ?? []) expect(text).toContain(`  ${word.name} `);
    expect(text).toContain('-h, --help');
  });

  it('shows flags before what is left to the server', () => {
    const form = loadForm('run');
    expect(form && describeVerb(form, 80)).toMatch(/^vigil run <entry> \[flags\] \[-- args…\]$/m);
  });
});

describe('the help of a command that consists of others', () => {
  const groups = loadForms().filter((form) => 'verbs' in form);

  it.each(groups.map((group) => [group.name, group] as const))('%s lists them', (name, group) => {
    const text = describeVerb(group, 80);
    for (const [word, load] of Object.entries(group.verbs)) {
      const form = load();
      expect(form.name).toBe(`${name} ${word}`);
      expect(text).toMatch(new RegExp(`^  ${word}\\b`, 'm'));
      expect(longest(describeVerb(form, 80))).toBeLessThanOrEqual(80);
    }
    expect(longest(text)).toBeLessThanOrEqual(80);
  });
});

describe('the list of all commands', () => {
  it('has 24 lines of at most 80 columns', () => {
    const text = describeVerbs(loadForms(), 80);
    expect(text.split('\n').length).toBeLessThanOrEqual(24);
    expect(longest(text)).toBeLessThanOrEqual(80);
  });

  it.each([40, 60])('is broken between words to fit %i columns', (width) => {
    const text = describeVerbs(loadForms(), width);
    expect(longest(text)).toBeLessThanOrEqual(width);
    for (const name of VERB_NAMES) expect(text).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
  });
});

describe('wrapText', () => {
  it.each([
    ['a bc def', 4, ['a bc', 'def']],
    ['abcdef gh', 3, ['abcdef', 'gh']],
    ['', 10, ['']],
  ])('breaks %j at %i', (text, width, lines) => {
    expect(wrapText(text, width)).toEqual(lines);
  });
});

describe('layOutRows', () => {
  it('lets a text hang under itself, and a long label stand alone', () => {
    const rows = [
      ['a', 'one two three four five six'],
      ['a very long label', 'text'],
    ] as const;
    expect(layOutRows(rows, 30)).toBe(
      'a         one two three four\n          five six\na very long label\n          text',
    );
  });
});
