import { decodeEvent, tryDecodeEvent } from '../../lib/lwes/decode-event.ts';

const LENIENT = { lenient: true };

describe('decodeEvent: strings', () => {
  const UTF8 = '6cc3a9';
  const LATIN1 = '6ce9';

  it.each([
    ['UTF-8 without enc', attributes(text('v', UTF8)), 'lé'],
    ['ISO-8859-1 without enc, for it is no UTF-8', attributes(text('v', LATIN1)), 'lé'],
    ['UTF-8 with enc=1', attributes(enc('0001'), text('v', UTF8)), 'lé'],
    ['no UTF-8 with enc=1', attributes(enc('0001'), text('v', LATIN1)), 'l\ufffd'],
    ['ISO-8859-1 with enc=0', attributes(enc('0000'), text('v', LATIN1)), 'lé'],
    ['what would be UTF-8 with enc=0', attributes(enc('0000'), text('v', UTF8)), 'lÃ©'],
    ['what would be UTF-8 before enc=0', attributes(text('v', UTF8), enc('0000')), 'lÃ©'],
    [
      'what would be UTF-8 between two enc, of which the last counts',
      attributes(enc('0001'), text('v', UTF8), enc('0000')),
      'lÃ©',
    ],
  ])('%s', (_what, bytes, expected) => {
    expect(valueOf(bytes, 'v')).toBe(expected);
  });

  it('are read as UTF-8 in names whatever enc says', () => {
    const { attributes: all } = decodeEvent(hex(`0154 0002 ${enc('0000')} 02c3a9 0a 01`));
    expect(all[1]?.name).toBe('é');
  });

  it.each([1, 15, 16, 17, 18, 19, 20, 300])('of %i characters are read whole', (length) => {
    const value = 'abcdefghij'.repeat(30).slice(0, length);
    expect(valueOf(attributes(text('v', Buffer.from(value).toString('hex'))), 'v')).toBe(value);
  });
});

describe('decodeEvent: names', () => {
  it('are told apart when they are many more than are kept', () => {
    const names = Array.from({ length: 5000 }, (_, index) => `name${index}`);
    for (const round of [1, 2]) {
      for (const name of names) {
        const bytes = Buffer.from(`\u0006Search\0\u0001${sized(name)}\u000a\u0005`, 'latin1');
        expect(decodeEvent(bytes).attributes[0]).toEqual({
          name,
          type: 'byte',
          value: (5 * round) / round,
        });
      }
    }
  });

  it('of 255 bytes are read', () => {
    const name = 'n'.repeat(255);
    const bytes = Buffer.from(`${sized(name)}\0\0`, 'latin1');
    expect(decodeEvent(bytes)).toEqual({ name, attributes: [] });
  });
});

describe('decodeEvent: an attribute that stands there more than once', () => {
  it('counts as it stands last, in its place', () => {
    const { attributes: all } = decodeEvent(hex('0154 0003 0161 0a01 0162 0a02 0161 0a03'));
    expect(all).toEqual([
      { name: 'b', type: 'byte', value: 2 },
      { name: 'a', type: 'byte', value: 3 },
    ]);
  });

  it('counts so among many as well', () => {
    const many = Array.from({ length: 16_000 }, () => '01610a01').join('');
    const bytes = hex(`0154 3e81 ${many} 01610a07`);
    expect(decodeEvent(bytes).attributes).toEqual([{ name: 'a', type: 'byte', value: 7 }]);
  });
});

describe('tryDecodeEvent: strict and lenient', () => {
  it.each([
    ['no bytes', '', 'truncated', 'truncated'],
    ['half a count', '0154 00', 'truncated', 'truncated'],
    ['fewer attributes than counted', '0154 0002 01760a01', 'truncated', 'truncated'],
    ['more attributes than counted', '0154 0001 01760a01 01770a01', 'trailing', null],
    ['a string longer than the rest', '0154 0001 017605 0005 61', 'truncated', 'truncated'],
    ['an array longer than the rest', '0154 0001 017681 ffff 0001', 'truncated', 'truncated'],
    [
      'a nullable array without its bits',
      '0154 0001 01768d ffff ffff 01',
      'truncated',
      'truncated',
    ],
    ['a nullable array without values', '0154 0001 01768d 0001 0001 01', 'truncated', 'truncated'],
    [
      'an array of strings without the last',
      '0154 0001 017685 0002 0002 6161',
      'truncated',
      'truncated',
    ],
    ['a byte that is no type', '0154 0001 01760e00', 'type', 'type'],
    ['the type "undefined"', '0154 0001 0176ff00', 'type', 'type'],
    ['a long string of Erlang', '0154 0001 01760d 00000001 61', 'type', null],
    ['a long string longer than the rest', '0154 0001 01760d ffffffff 61', 'type', 'truncated'],
    ['an event without a name', '00 0000', 'unnamed', null],
    ['an attribute without a name', '0154 0001 00 0a01', 'unnamed', null],
    ['an enc that is a byte', '0154 0001 03656e63 0a01', 'encoding', null],
    ['an enc of 2', '0154 0001 03656e63 020002', 'encoding', null],
  ])('%s', (_what, bytes, strict, lenient) => {
    expect(tryDecodeEvent(hex(bytes)).fault).toBe(strict);
    expect(tryDecodeEvent(hex(bytes), LENIENT).fault).toBe(lenient);
  });

  it('reads a long string leniently as a string', () => {
    const { event } = tryDecodeEvent(hex('0154 0001 01760d 00000002 6869'), LENIENT);
    expect(event?.attributes).toEqual([{ name: 'v', type: 'string', value: 'hi' }]);
  });

  it('refuses more than a datagram carries', () => {
    const bytes = Buffer.alloc(65_508);
    expect(tryDecodeEvent(bytes).fault).toBe('oversize');
    expect(() => decodeEvent(bytes)).toThrow(expect.objectContaining({ code: 'ERR_LWES_DECODE' }));
  });

  it('reads any byte but 0 as true', () => {
    expect(valueOf('0154 0001 0176 09 7f', 'v')).toBe(true);
  });

  it('does not look at the second count of a nullable array', () => {
    expect(valueOf('0154 0001 0176 8d 0003 ffff 05 0007 0009', 'v')).toEqual([7, null, 9]);
  });

  it.each([['text'], [null], [undefined], [5]])('refuses what is no bytes: %p', (bytes) => {
    expect(() => decodeEvent(bytes as never)).toThrow(
      expect.objectContaining({ code: 'ERR_ARGUMENT' }),
    );
  });

  it('says where and why', () => {
    expect(() => decodeEvent(hex('0154 0001 0176ff00'))).toThrow(
      'not an LWES event: a byte stands for no type (at byte 7)',
    );
  });
});

describe('tryDecodeEvent: what costs a reader much', () => {
  it('is refused before room is made for 65535 items that are not there', () => {
    const costOnce = (bytes: Uint8Array): number => {
      const before = process.hrtime.bigint();
      for (let round = 0; round < 3000; round++) {
        if (tryDecodeEvent(bytes).fault !== 'truncated') throw new Error('read');
      }
      return Number(process.hrtime.bigint() - before);
    };
    // The least of several: whoever else wants the processor may have it in the middle of one.
    const cost = (count: string): number => {
      const bytes = hex(`0154 0001 0176 8c ${count} 00`);
      return Math.min(...Array.from({ length: 5 }, () => costOnce(bytes)));
    };
    // Room for so many costs some hundred times what such a reading does.
    expect(cost('ffff')).toBeLessThan(25 * cost('0002'));
  });

  it('is read in bounds when a datagram is full of gaps', () => {
    const gaps = `${'0176'} 8d ffff ffff ${'00'.repeat(8192)}`;
    const bytes = hex(`0154 0007 ${gaps.repeat(7)}`);
    expect(tryDecodeEvent(bytes).event?.attributes[0]?.value).toHaveLength(65_535);
  });
});

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(' ', ''), 'hex');
}

function attributes(...all: string[]): string {
  return `0154 ${all.length.toString(16).padStart(4, '0')} ${all.join('')}`;
}

function enc(value: string): string {
  return `03656e63 02 ${value}`;
}

function text(name: string, bytes: string): string {
  const length = (bytes.length / 2).toString(16).padStart(4, '0');
  return `01${Buffer.from(name).toString('hex')} 05 ${length} ${bytes}`;
}

function sized(name: string): string {
  return String.fromCharCode(name.length) + name;
}

function valueOf(bytes: string, name: string): unknown {
  return decodeEvent(hex(bytes)).attributes.find((attribute) => attribute.name === name)?.value;
}
