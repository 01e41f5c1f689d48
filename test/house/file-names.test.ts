import { basename } from 'node:path';
import { listSources } from './list-sources.ts';

const EMPTY_WORDS = ['utils', 'util', 'helpers', 'helper', 'types', 'common', 'misc', 'shared'];

describe('a source file', () => {
  const names = [...listSources('lib'), ...listSources('test')].map((path) => ({
    path,
    name: basename(path).replace(/(\.d|\.test)?\.ts$/, ''),
  }));

  it('bears a name in kebab-case', () => {
    const odd = names.filter(({ name }) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name));
    expect(odd.map(({ path }) => path)).toEqual([]);
  });

  it('bears the name of its concept, not of a drawer', () => {
    const drawers = names.filter(({ name }) => EMPTY_WORDS.includes(name));
    expect(drawers.map(({ path }) => path)).toEqual([]);
  });
});
