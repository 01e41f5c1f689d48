import { maskSecrets, showValue } from '../../lib/config/show-value.ts';
import type { Field } from '../../lib/config/field.ts';

const secret: Field = { kind: 'text', expected: 'a text', secret: true, description: 'A key.' };

describe('showValue', () => {
  it.each([
    [undefined, 'nothing'],
    [null, 'null'],
    [0, '0'],
    [false, 'false'],
    ['a"b', String.raw`"a\"b"`],
    [[], 'an empty list'],
    [[1, 2], 'a list of 2'],
    [{ a: 1 }, 'an object'],
  ])('tells %j as %s', (value, text) => {
    expect(showValue(value)).toBe(text);
  });

  it('shortens a long text', () => {
    expect(showValue('x'.repeat(1_000_000)).length).toBeLessThan(50);
  });

  it('lets nothing through that a terminal acts upon', () => {
    const shown = showValue('\u001b[2J\u009b\u202e');
    expect([...shown].every((character) => character >= ' ' && character <= '~')).toBe(true);
  });

  it('never shows the value of a secret field', () => {
    expect(showValue('hunter2', secret)).not.toContain('hunter2');
    expect(showValue(12_345, secret)).not.toContain('12345');
  });

  it('hides credentials in a URL even where the text is cut before its host', () => {
    expect(showValue(`smtp://user:${'p'.repeat(60)}@host`)).toBe('"smtp://***@host"');
  });
});

describe('maskSecrets', () => {
  it('hides credentials in URLs and values of keys that sound secret, at any depth', () => {
    const masked = maskSecrets({
      url: 'smtps://me:hunter2@mail.example:465',
      auth: { user: 'me', pass: 'hunter2' },
      list: [{ apiKey: 'hunter2' }],
    });
    expect(masked).toEqual({
      url: 'smtps://***@mail.example:465',
      auth: { user: 'me', pass: '***' },
      list: [{ apiKey: '***' }],
    });
  });
});
