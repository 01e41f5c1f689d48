import { EsfError } from '../../lib/lwes/esf-error.ts';
import { measureEsf } from '../../lib/lwes/measure-esf.ts';
import { parseEsf } from '../../lib/lwes/parse-esf.ts';

const SAMPLE = `# Attributes of every event.
MetaEventInfo
{
  ip_addr SenderIP;    # who sent it
  int64   ReceiptTime; # when
}

# Somebody searched.
# At most one a click.
Search
{ # of the site
  required string term(100);      # what for
  optional double lat = 51.5;
  uint16   hits[5];
  nullable string tags(3)[2];
  # How often.
  uint64 count = 18446744073709551615;
  string source = "a \\"b\\"";
  ip_addr at = 1.2.3.4;
  boolean isNew = true;
}
`;

describe('parseEsf', () => {
  it('refuses what is no text', () => {
    expect(() => parseEsf(5 as never)).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT' }));
  });

  it('reads types, limits, defaults and comments', () => {
    const { events } = parseEsf(SAMPLE);
    expect([...events.keys()]).toEqual(['Search']);
    const search = events.get('Search');
    expect(search?.documentation).toBe('Somebody searched.\nAt most one a click.\nof the site');
    expect([...(search?.attributes.values() ?? [])]).toEqual([
      attribute('term', 'string', { isRequired: true, maxBytes: 100, documentation: 'what for' }),
      attribute('lat', 'double', { default: 51.5 }),
      attribute('hits', 'uint16[]', { scalar: 'uint16', maxItems: 5 }),
      attribute('tags', 'nullable string[]', { scalar: 'string', maxBytes: 3, maxItems: 2 }),
      attribute('count', 'uint64', {
        default: 18_446_744_073_709_551_615n,
        documentation: 'How often.',
      }),
      attribute('source', 'string', { default: 'a "b"' }),
      attribute('at', 'ip_addr', { default: '1.2.3.4' }),
      attribute('isNew', 'boolean', { default: true }),
      attribute('SenderIP', 'ip_addr', { isInherited: true, documentation: 'who sent it' }),
      attribute('ReceiptTime', 'int64', { isInherited: true, documentation: 'when' }),
    ]);
  });

  it.each([
    ['nothing', ''],
    ['comments', '# nothing\n\n  # at all'],
    ['a byte order mark', '\ufeff'],
    ['only what all events would inherit', 'MetaEventInfo { int32 a; }'],
  ])('reads %s as a specification without events', (_what, empty) => {
    expect(parseEsf(empty).events.size).toBe(0);
  });

  it('reads an event without attributes, on one line, after carriage returns', () => {
    const { events } = parseEsf('Command::Rotate{}\r\nA.b { int32 a;}\r\n');
    expect(events.get('Command::Rotate')?.attributes.size).toBe(0);
    expect(events.get('A.b')?.attributes.size).toBe(1);
  });

  it('takes words of the language as names', () => {
    const { attributes } = parseEsf(
      'string { required string required; int32 string; }',
    ).events.get('string') ?? { attributes: new Map() };
    expect([...attributes.keys()]).toEqual(['required', 'string']);
  });

  it('lets an event say itself what it would inherit, wherever that stands', () => {
    const { events } = parseEsf('A { string x(5); } MetaEventInfo { int32 x; int32 y; }');
    const all = [...(events.get('A')?.attributes.values() ?? [])];
    expect(all.map(({ name, type, isInherited }) => [name, type, isInherited])).toEqual([
      ['x', 'string', false],
      ['y', 'int32', true],
    ]);
  });

  it.each([
    ['A { int32 a; }\nA { }', '2:1: event "A" stands here twice'],
    ['A { int32 a;\n  string a; }', '2:3: attribute "a" stands in event "A" twice'],
    ['A { int32 a }', '1:13: ";" is missing behind attribute "a"; there is "}"'],
    ['A { int32 a', '1:12: ";" is missing behind attribute "a"; there is the end of the text'],
    ['A { int32 a;', '1:13: "}" is missing: event "A" has no end'],
    ['A int32', '1:3: "{" is missing behind event "A"; there is "int32"'],
    ['{ }', '1:1: the name of an event is missing; there is "{"'],
    ['A { int33 a; }', '1:5: "int33" is no type'],
    ['A { "int32" a; }', '1:5: "int32" is no type'],
    ['A { int32 ; }', '1:11: the name of an attribute of event "A" is missing; there is ";"'],
    ['A { int32 a-b; }', '1:11: the name of an attribute of event "A" is missing; there is "a-b"'],
    ['A { required optional int32 a; }', '1:14: an attribute is either "required" or "optional"'],
    ['A { required required int32 a; }', '1:14: "required" stands here twice'],
    ['A { int32 a(5); }', '1:12: only a string has a longest length'],
    [
      'A { string a(0); }',
      '1:14: the length of the longest string is a number from 1 to 65534, not "0"',
    ],
    ['A { string a(5; }', '1:15: ")" is missing'],
    ['A { string a[70000]; }', '1:14: the length of the longest array is a number from 1 to 65535'],
    ['A { string a[5; }', '1:15: "]" is missing'],
    ['A { uint16 a = 70000; }', '1:16: "70000" is no default of type uint16'],
    ['A { uint16 a = 1.5; }', '1:16: "1.5" is no default'],
    ['A { uint16 a = "5"; }', '1:16: "5" is no default'],
    ['A { string a = word; }', '1:16: "word" is no default of type string'],
    ['A { double a = x; }', '1:16: "x" is no default of type double'],
    ['A { boolean a = yes; }', '1:17: "yes" is no default'],
    ['A { ip_addr a = 1.2.3; }', '1:17: "1.2.3" is no default'],
    ['A { int32 a = ; }', '1:15: ";" is no default'],
    ['A { int32 a =', '1:14: the end of the text is no default'],
    ['# é\nA § {', '2:3: "§" has no meaning here'],
    ['A { string a = "never ended\n; }', '1:16: "\\"" has no meaning here'],
    [`${'n'.repeat(255)} {}`, '1:1: a name has at most 254 characters'],
  ])('%j is refused with its place', (wrong, problem) => {
    const error = refusal(wrong);
    expect(error.code).toBe('ERR_ESF');
    expect(error.message).toContain(`events.esf:${problem}`);
    expect(error.message.startsWith(`events.esf:${error.line}:${error.column}: `)).toBe(true);
  });
});

describe('measureEsf', () => {
  it('adds up the longest of every attribute, inherited ones as well', () => {
    const esf = parseEsf(`MetaEventInfo { int64 t; }
      Fixed { string s(10); uint16 list[3]; nullable byte gaps[9]; boolean b; }
      Open { string s; int32 list[]; string both[4]; }
      Long { string a(40000); string b(40000); }
      Empty { }`);
    const t = 1 + 1 + 1 + 8;
    expect(measureEsf(esf)).toEqual([
      {
        event: 'Fixed',
        maxBytes: 8 + (3 + 2 + 10) + (6 + 2 + 6) + (6 + 4 + 2 + 9) + (3 + 1) + t,
        unlimited: [],
        fits: true,
      },
      {
        event: 'Open',
        maxBytes: 7 + (3 + 2) + (6 + 2) + (6 + 2 + 8) + t,
        unlimited: ['s', 'list', 'both'],
        fits: true,
      },
      { event: 'Long', maxBytes: 7 + 2 * 40_005 + t, unlimited: [], fits: false },
      { event: 'Empty', maxBytes: 8 + t, unlimited: [], fits: true },
    ]);
  });
});

function attribute(name: string, type: string, more: object): object {
  return {
    name,
    type,
    scalar: type,
    isRequired: false,
    isInherited: false,
    maxBytes: null,
    maxItems: null,
    default: null,
    documentation: '',
    ...more,
  };
}

function refusal(text: string): EsfError {
  try {
    parseEsf(text, { file: 'events.esf' });
  } catch (error) {
    expect(error).toBeInstanceOf(EsfError);
    return error as EsfError;
  }
  throw new Error('read');
}
