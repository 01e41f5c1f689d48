import { diffLines } from '../../lib/cli/line-diff.ts';

function show(before: string, after: string): string[] {
  return diffLines(before, after).map(({ kind, text }) => kind + text);
}

describe('diffLines', () => {
  it.each([
    ['a\nb\n', 'a\nb\n', []],
    ['a\nb\n', 'a\nc\n', [' a', '-b', '+c']],
    ['', 'a\n', ['+a']],
    ['a\n', '', ['-a']],
    ['a\r\nb\r\n', 'a\nb\n', []],
    ['1\n2\n3\n4\n5\n6\n7', '1\n2\n3\nx\n5\n6\n7', [' 2', ' 3', '-4', '+x', ' 5', ' 6']],
    ['1\n2\n3', '0\n1\n3\n4', ['+0', ' 1', '-2', ' 3', '+4']],
  ])('of %j and %j', (before, after, lines) => {
    expect(show(before, after)).toEqual(lines);
  });

  it('shows texts that are too long to compare one after the other', () => {
    const long = (word: string): string => `${word}\n`.repeat(3000);
    const lines = show(long('a'), long('b'));
    expect(lines.slice(0, 1)).toEqual(['-a']);
    expect(lines).toHaveLength(6000);
  });
});
