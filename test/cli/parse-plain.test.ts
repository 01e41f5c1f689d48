import { resolve } from 'node:path';
import { parsePlain } from '../../lib/cli/parse-plain.ts';
import type { VerbForm } from '../../lib/cli/verb.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { startNode } from '../support/start-child.ts';

const FORM: VerbForm = {
  name: 'sample',
  describe: 'a command with a flag of every kind',
  words: [
    { name: 'action', describe: '' },
    { name: 'id', describe: '', isOptional: true },
  ],
  flags: [
    { name: 'name', alias: 'n', kind: 'text', describe: '' },
    { name: 'lines', kind: 'number', describe: '' },
    { name: 'set', kind: 'list', describe: '' },
    { name: 'follow', alias: 'f', kind: 'switch', describe: '' },
    { name: 'json', kind: 'switch', describe: '' },
  ],
  rest: 'args…',
};

const PLAIN = [
  ['list', '--name', 'shop', '-f', '--set', 'a=1', '--set', 'b=2', '--', '--x'],
  ['show', 'abc', '--lines', '5', '--json', '-n', '"q"'],
  ['list'],
];

describe('a command line that is plain', () => {
  // The parser library can be loaded only outside of a test environment.
  it('is read as the parser library reads it', async () => {
    const program = resolve(__dirname, '../fixtures/cli/compare-parsers.cjs');
    const child = startNode([program, JSON.stringify(FORM), JSON.stringify(PLAIN)]);
    await child.waitForExit();
    const { plain, different } = JSON.parse(child.output.text) as Record<string, unknown>;
    expect(different).toEqual([]);
    expect(plain).toBeGreaterThanOrEqual(PLAIN.length);
    await assertNoLeaks();
  });

  it('gives a word that is repeated all words from there on', () => {
    const words = [
      { name: 'name', describe: '' },
      { name: 'key', describe: '', isOptional: true, isRepeated: true },
    ];
    const form: VerbForm = { ...FORM, words };
    const read = parsePlain(form, ['a', 'b', '--json', 'c', 'd']);
    expect([read?.list('name'), read?.list('key')]).toEqual([['a'], ['b', 'c', 'd']]);
    expect(parsePlain(form, ['a'])?.list('key')).toEqual([]);
  });

  it.each([
    ['a flag that does not exist', ['list', '--jsn']],
    ['a value after an equals sign', ['list', '--name=x']],
    ['a value that begins with a dash', ['list', '--lines', '-1']],
    ['a missing value', ['list', '--name']],
    ['an empty value', ['list', '--name', '']],
    ['a missing word', ['--json']],
    ['a word too many', ['show', 'abc', 'more']],
    ['two short flags in one', ['list', '-fn']],
  ])('is not one with %s', (_what, words) => {
    expect(parsePlain(FORM, words)).toBeNull();
  });
});
