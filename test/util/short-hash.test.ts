import { hashShortly } from '../../lib/util/short-hash.ts';

describe('hashShortly', () => {
  // The vectors of the algorithm's authors.
  it.each([
    ['', 'cbf29ce484222325'],
    ['a', 'af63dc4c8601ec8c'],
    ['foobar', '85944171f73967e8'],
  ])('of %p is %s', (text, hash) => {
    expect(hashShortly(text)).toBe(hash);
  });
});
