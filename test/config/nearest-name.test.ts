import { editDistance, nearestName } from '../../lib/config/nearest-name.ts';

describe('editDistance', () => {
  it.each([
    ['', 'abc', 3],
    ['abc', '', 3],
    ['route', 'route', 0],
    ['ruote', 'route', 1],
    ['rout', 'route', 1],
    ['kitten', 'sitting', 3],
  ])('from "%s" to "%s" is %i', (from, to, distance) => {
    expect(editDistance(from, to)).toBe(distance);
  });
});

describe('nearestName', () => {
  const names = ['polling', 'ports', 'intervalSeconds', 'to'];

  it.each([
    ['prots', 'ports'],
    ['PORTS', 'ports'],
    ['interval', 'intervalSeconds'],
    ['too', 'to'],
    ['zzz', undefined],
    ['', undefined],
  ])('for "%s" is %s', (given, expected) => {
    expect(nearestName(given, names)).toBe(expected);
  });

  it('does not spend time on a key of a megabyte', () => {
    expect(nearestName('p'.repeat(1_000_000), names)).toBeUndefined();
  });
});
