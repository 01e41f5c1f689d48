import type { LwesAttribute } from '../../lib/lwes/lwes-event.ts';
import {
  createValueWriter,
  DEFAULT_VALUE_FORM,
  filterTextOf,
  type ValueForm,
} from '../../lib/stream/value-text.ts';

function write(attribute: object, form: Partial<ValueForm> = {}): string {
  return createValueWriter({ ...DEFAULT_VALUE_FORM, ...form })({
    name: 'v',
    ...attribute,
  } as LwesAttribute);
}

describe('createValueWriter', () => {
  it.each([
    ['uint16', 65_535, '65535'],
    ['int32', -2, '-2'],
    ['int64', -2n, '-2'],
    ['uint64', 18_446_744_073_709_551_615n, '18446744073709551615'],
    ['byte', 200, '-56'],
    ['byte[]', [2, 200], '[2,-56]'],
    ['boolean', true, 'true'],
    ['string', 'a "b"\n', '"a \\"b\\"\\n"'],
    ['ip_addr', '192.168.1.2', '"192.168.1.2"'],
    ['ip_addr[]', ['10.0.0.1'], '["10.0.0.1"]'],
    ['float', Math.fround(1.1), '1.1'],
    ['float', Math.fround(16_777_217.5), '16777218'],
    ['float', Math.fround(0.333_333_34), '0.33333334'],
    ['double', 51.5, '51.5'],
    ['double', NaN, 'null'],
    ['double[]', [1.5, Infinity], '[1.5,null]'],
    ['nullable uint16[]', [7, null, 9], '[7,null,9]'],
    ['nullable string[]', ['foo', null], '["foo",null]'],
  ])('writes %s %p as %s', (type, value, text) => {
    expect(write({ type, value })).toBe(text);
  });

  it('writes it otherwise where that was asked for', () => {
    expect(write({ type: 'uint64', value: 5n }, { int64: 'string' })).toBe('"5"');
    expect(write({ type: 'byte', value: 200 }, { byte: 'unsigned' })).toBe('200');
    expect(write({ type: 'float', value: -Infinity }, { nonFinite: 'string' })).toBe('"-Infinity"');
  });
});

describe('filterTextOf', () => {
  it.each([
    ['string', 'pizza', 'pizza'],
    ['string[]', ['a', 'b'], 'a,b'],
    ['byte', 200, '-56'],
    ['uint64', 18_446_744_073_709_551_615n, '18446744073709551615'],
    ['float', Math.fround(1.1), '1.1'],
    ['nullable uint16[]', [7, null], '7,null'],
    ['boolean', false, 'false'],
  ])('of %s %p is %s', (type, value, text) => {
    expect(filterTextOf({ name: 'v', type, value } as LwesAttribute)).toBe(text);
  });
});
