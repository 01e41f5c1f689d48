import { parseJsonDocument } from '../../lib/config/json-document.ts';

describe('parseJsonDocument', () => {
  it('reads comments and trailing commas', () => {
    const { value, mistakes } = parseJsonDocument('{ // one\n "a": [1, /* two */ 2,], }');
    expect(value).toEqual({ a: [1, 2] });
    expect(mistakes).toEqual([]);
  });

  it.each([
    ['', 0, 'a value', 'the end of the file'],
    ['{"a": 1 "b": 2}', 8, 'a comma', '"'],
    ['{"a": }', 6, 'a value', '"}"'],
    ['{a: 1}', 1, 'valid JSON, with keys and texts in double quotes', '"a"'],
    ['{"a": 1', 7, 'a closing brace', 'the end of the file'],
    ['{} {}', 3, 'the end of the file', '"{"'],
  ])('tells the first mistake of syntax in %j', (text, offset, expected, found) => {
    const [mistake, ...others] = parseJsonDocument(text).mistakes;
    expect(mistake).toMatchObject({ offset, expected });
    expect(mistake?.found).toContain(found);
    expect(others).toEqual([]);
  });

  it('tells a key given twice, at its second place', () => {
    expect(parseJsonDocument('{"a": {"b": 1, "b": 2}}').mistakes).toEqual([
      { offset: 15, path: 'a.b', expected: 'each key once', found: 'it a second time' },
    ]);
  });

  it('tells a key that is there twice, or is forbidden, whatever stands in texts', () => {
    const twice = parseJsonDocument('{"a": {"b:": ":", "c": 1, "c": 2}}');
    expect(twice.mistakes).toMatchObject([{ offset: 26, path: 'a.c', found: 'it a second time' }]);
    expect(parseJsonDocument('{"a": [{"__proto__": {}}]}').mistakes).toMatchObject([
      { path: 'a[0].__proto__' },
    ]);
    const plain = '{"a": {"b\\\\": "::", "c": [{"d": null}]}}';
    expect(parseJsonDocument(plain)).toMatchObject({ value: JSON.parse(plain), mistakes: [] });
    expect(parseJsonDocument(plain).locate(['a', 'c', 0, 'd'], 'key')).toBe(plain.indexOf('"d"'));
  });

  it.each(['__proto__', 'constructor', 'prototype'])('refuses the key %s at any depth', (key) => {
    const { mistakes } = parseJsonDocument(`{"a": [{"${key}": {"polluted": true}}]}`);
    expect(mistakes).toMatchObject([{ offset: 8, path: `a[0].${key}` }]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('tells nesting that is too deep instead of running out of stack', () => {
    expect(parseJsonDocument('['.repeat(500_000)).mistakes).toHaveLength(1);
    expect(parseJsonDocument('[{"a":'.repeat(100_000)).mistakes).toHaveLength(1);
  });

  it('finds keys, values, items, and the nearest thing above what is missing', () => {
    const { locate } = parseJsonDocument('{"a": {"b": [10, 20]}}');
    expect(locate(['a', 'b'], 'key')).toBe(7);
    expect(locate(['a', 'b'], 'value')).toBe(12);
    expect(locate(['a', 'b', 1], 'value')).toBe(17);
    expect(locate(['a', 'zzz'], 'value')).toBe(1);
    expect(locate([], 'value')).toBe(0);
    expect(parseJsonDocument('\n {"a": 1}').locate([], 'key')).toBe(2);
    expect(parseJsonDocument('\n {"a": 1,}').locate([], 'key')).toBe(2);
  });
});
