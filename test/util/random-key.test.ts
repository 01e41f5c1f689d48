import { createRandomKey } from '../../lib/util/random-key.ts';

describe('createRandomKey', () => {
  it('gives UUIDs of version 4, of which no two are the same', () => {
    const keys = Array.from({ length: 200 }, createRandomKey);
    for (const key of keys) {
      expect(key).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    }
    expect(new Set(keys).size).toBe(keys.length);
  });
});
