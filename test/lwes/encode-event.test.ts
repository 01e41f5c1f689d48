import { decodeEvent } from '../../lib/lwes/decode-event.ts';
import { encodeEvent } from '../../lib/lwes/encode-event.ts';
import type { LwesAttribute, LwesEvent } from '../../lib/lwes/lwes-event.ts';

describe('encodeEvent refuses, naming event and attribute', () => {
  it.each([
    ['uint16', 65_536, 'must be an integer from 0 to 65535, got 65536'],
    ['uint16', -1, 'must be an integer from 0 to 65535, got -1'],
    ['uint16', 1.5, 'got 1.5'],
    ['uint16', Number.NaN, 'got NaN'],
    ['uint16', '5', 'got "5"'],
    ['int16', 32_768, 'from -32768 to 32767'],
    ['uint32', 2 ** 32, 'from 0 to 4294967295'],
    ['int32', 2 ** 31, 'from -2147483648 to 2147483647'],
    ['byte', 256, 'from 0 to 255'],
    ['byte', -1, 'from 0 to 255'],
    ['int64', 5, 'must be a bigint from -9223372036854775808 to 9223372036854775807, got 5'],
    ['int64', 2n ** 63n, 'got 9223372036854775808n'],
    ['uint64', -1n, 'must be a bigint from 0 to 18446744073709551615, got -1n'],
    ['boolean', 1, 'must be true or false, got 1'],
    ['float', '1', 'must be a number, got "1"'],
    ['double', null, 'must be a number, got null'],
    ['string', undefined, 'must be a string, got undefined'],
    ['string', {}, 'must be a string, got a object'],
    ['string', 'x'.repeat(65_535), 'has a string of 65535 bytes; the longest is 65534'],
    ['ip_addr', '1.2.3', 'must be an IPv4 address such as 192.168.1.2, got "1.2.3"'],
    ['ip_addr', '1.2.3.256', 'must be an IPv4 address'],
    ['ip_addr', '::1', 'must be an IPv4 address'],
    ['uint16[]', 5, 'must be an array, got 5'],
    ['uint16[]', [1, null], 'got null'],
    ['uint16[]', new Array<number>(2), 'got undefined'],
    ['uint16[]', [], 'is an array without items'],
    ['nullable uint16[]', [], 'is an array without items'],
    ['nullable uint16[]', [1, undefined], 'got undefined'],
    ['nullable uint16[]', [null, 'x'], 'got "x"'],
    ['byte[]', new Array<number>(65_536).fill(0), 'has 65536 items; the most is 65535'],
    ['nullable byte[]', new Array<null>(65_536).fill(null), 'has 65536 items'],
    ['double[]', new Array<number>(8200).fill(0), 'makes the event longer than the 65507 bytes'],
    ['uint128', 5, 'has no type of LWES: "uint128"'],
    ['toString', 5, 'has no type of LWES'],
  ])('%s of %p', (type, value, problem) => {
    const refused = refusal({
      name: 'T',
      attributes: [{ name: 'v', type, value } as LwesAttribute],
    });
    expect(refused.message.startsWith('event "T", attribute "v": ')).toBe(true);
    expect(refused.message).toContain(problem);
  });

  it.each([
    ['an empty name', '', 'has a name of 0 bytes; a name has 1 to 254'],
    ['a name of 255 bytes', 'n'.repeat(255), 'has a name of 255 bytes'],
    ['a name of 128 characters of two bytes', 'é'.repeat(128), 'has a name of 256 bytes'],
  ])('%s, of an event and of an attribute', (_what, name, problem) => {
    expect(refusal({ name, attributes: [] }).message).toContain(problem);
    const attribute: LwesAttribute = { name, type: 'byte', value: 1 };
    expect(refusal({ name: 'T', attributes: [attribute] }).message).toContain(problem);
  });

  it.each([
    [null],
    ['text'],
    [{}],
    [{ name: 'T' }],
    [{ name: 5, attributes: [] }],
    [{ name: 'T', attributes: {} }],
    [{ name: 'T', attributes: [null] }],
    [{ name: 'T', attributes: [{ type: 'byte', value: 1 }] }],
  ])('what is no event: %j', (event) => {
    expect(refusal(event as never).message).toContain('an event must be {name, attributes:');
  });

  it('more attributes than can be counted', () => {
    const attributes = Array.from({ length: 65_536 }, (_, index): LwesAttribute => {
      return { name: `n${index}`, type: 'byte', value: 1 };
    });
    expect(refusal({ name: 'T', attributes }).message).toBe(
      'event "T": has 65536 attributes; the most is 65535',
    );
  });

  it('an enc that is no encoding', () => {
    for (const enc of [
      { name: 'enc', type: 'int16', value: 2 },
      { name: 'enc', type: 'byte', value: 1 },
    ] satisfies LwesAttribute[]) {
      expect(refusal({ name: 'T', attributes: [enc] }).message).toBe(
        'event "T", attribute "enc": must be an int16, 0 (ISO-8859-1) or 1 (UTF-8)',
      );
    }
  });

  it('a character that ISO-8859-1 does not have', () => {
    const attributes = [text('price', '5 €')];
    expect(() => encodeEvent({ name: 'T', attributes }, { encoding: 'iso-8859-1' })).toThrow(
      'event "T", attribute "price": has a character that is not in ISO-8859-1',
    );
  });
});

describe('encodeEvent', () => {
  it('writes enc first wherever it stands', () => {
    const event: LwesEvent = {
      name: 'T',
      attributes: [text('v', 'é'), { name: 'enc', type: 'int16', value: 0 }],
    };
    expect(encodeEvent(event).toString('hex')).toBe('01540002' + '03656e63020000' + '0176050001e9');
  });

  it('adds the enc that is asked for, and leaves one that is there', () => {
    const bytes = encodeEvent({ name: 'T', attributes: [text('v', 'é')] }, { encoding: 'utf-8' });
    expect(bytes.toString('hex')).toBe('01540002' + '03656e63020001' + '0176050002c3a9');
    const event: LwesEvent = { name: 'T', attributes: [{ name: 'enc', type: 'int16', value: 0 }] };
    expect(decodeEvent(encodeEvent(event, { encoding: 'utf-8' }))).toEqual(event);
  });

  it('writes the last of attributes with one name', () => {
    const bytes = encodeEvent({ name: 'T', attributes: [text('v', 'a'), text('v', 'b')] });
    expect(decodeEvent(bytes).attributes).toEqual([text('v', 'b')]);
  });

  it('fills a datagram to the last byte', () => {
    const value = 'x'.repeat(65_507 - 9);
    expect(encodeEvent({ name: 'T', attributes: [text('v', value)] })).toHaveLength(65_507);
    expect(refusal({ name: 'T', attributes: [text('v', `${value}x`)] }).message).toContain(
      'longer than the 65507 bytes of a datagram',
    );
  });

  it('writes what is not a number and what is infinite', () => {
    const value = [Number.NaN, Infinity, -Infinity, -0];
    const attributes: LwesAttribute[] = [
      { name: 'd', type: 'double[]', value },
      { name: 'f', type: 'float[]', value },
    ];
    expect(decodeEvent(encodeEvent({ name: 'T', attributes })).attributes).toEqual(attributes);
  });

  it('writes one event while a getter of another is read', () => {
    const inner: LwesEvent = { name: 'Inner', attributes: [text('w', 'inner')] };
    let written: Uint8Array = Buffer.alloc(0);
    const outer = {
      name: 'Outer',
      attributes: [
        text('v', 'outer'),
        {
          name: 'late',
          type: 'string',
          get value() {
            written = encodeEvent(inner);
            return 'x';
          },
        },
      ],
    } as LwesEvent;
    const bytes = encodeEvent(outer);
    expect(decodeEvent(written)).toEqual(inner);
    expect(decodeEvent(bytes)).toEqual({
      name: 'Outer',
      attributes: [text('v', 'outer'), text('late', 'x')],
    });
  });

  it('gives bytes that stay as they are when the next event is written', () => {
    const first = encodeEvent({ name: 'One', attributes: [] });
    encodeEvent({ name: 'Two', attributes: [] });
    expect(decodeEvent(first).name).toBe('One');
  });
});

function text(name: string, value: string): LwesAttribute {
  return { name, type: 'string', value };
}

function refusal(event: LwesEvent): Error {
  try {
    encodeEvent(event);
  } catch (error) {
    expect(error).toMatchObject({ code: 'ERR_LWES_ENCODE' });
    return error as Error;
  }
  throw new Error('written');
}
