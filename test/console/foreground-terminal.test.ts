import { isForegroundStat } from '../../lib/console/foreground-terminal.ts';

describe('isForegroundStat', () => {
  it.each([
    ['its group is in front', '10 (node) S 1 10 10 34816 10 4194560', true],
    ['another group is in front', '10 (node) S 1 10 5 34816 5 4194560', false],
    ['it has no terminal', '10 (node) S 1 10 10 0 -1 4194560', true],
    ['its name holds brackets', '10 (a) b) R) S 1 10 10 34816 10 4194560', true],
  ])('when %s', (_title, stat, expected) => {
    expect(isForegroundStat(stat)).toBe(expected);
  });
});
