import { parseHiddenWords, parseStartWords } from '../../../lib/fleet/application/start-words.ts';

describe('parseStartWords', () => {
  it('reads key=value, numbers where there is no point in them', () => {
    const words = [
      'id=chat-1',
      'port=6050',
      'version=1.5',
      'a=b=c',
      'empty=',
      '--flag',
      '=x',
      'n=-3',
    ];
    expect(parseStartWords(words)).toEqual({
      ...{ id: 'chat-1', port: 6050, version: '1.5', a: 'b=c', empty: '', n: -3 },
    });
  });

  it('keeps a word like __proto__ a word', () => {
    const words = parseStartWords(['__proto__=1']);
    expect(Object.keys(words)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(words)).toBe(Object.prototype);
  });
});

describe('parseHiddenWords', () => {
  it.each([
    [undefined, {}],
    ['{"key":"secret"}', { key: 'secret' }],
    ['[1]', {}],
    ['{', {}],
  ])('reads %s as %j', (text, expected) => {
    expect(parseHiddenWords(text)).toEqual(expected);
  });
});
