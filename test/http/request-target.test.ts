import { isPlainTarget } from '../../lib/http/request-target.ts';

describe('isPlainTarget', () => {
  it.each([
    ['/', true],
    ['/session/web/', true],
    ['/session/web/?x=1', true],
    ['//', false],
    ['/session/', false],
    ['/status/', false],
    ['/session//', false],
    ['/session/web//', false],
    ['/session/../', false],
    ['/session/%2e%2e/', false],
    ['/session/a%2fb/', false],
  ])(
    'takes a folder that ends with one stroke, and no other empty part: %s is %s',
    (path, plain) => {
      expect(isPlainTarget(path, (folder) => folder.startsWith('/session/web/'))).toBe(plain);
    },
  );
});
