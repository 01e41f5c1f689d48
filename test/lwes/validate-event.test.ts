import type { LwesAttribute } from '../../lib/lwes/lwes-event.ts';
import { parseEsf } from '../../lib/lwes/parse-esf.ts';
import { validateEvent } from '../../lib/lwes/validate-event.ts';

const ESF = parseEsf(`
  MetaEventInfo { required string host(8); }
  Search { required string term(5); uint16 hits[2]; nullable string tags(3)[2]; double lat; }
`);
const HOST: LwesAttribute = { name: 'host', type: 'string', value: 'here' };
const TERM: LwesAttribute = { name: 'term', type: 'string', value: 'pizza' };

describe('validateEvent', () => {
  it('finds nothing in an event as specified, with what writers and receivers add', () => {
    expect(
      find([
        { name: 'enc', type: 'int16', value: 1 },
        HOST,
        TERM,
        { name: 'hits', type: 'uint16[]', value: [1, 2] },
        { name: 'tags', type: 'nullable string[]', value: [null, 'abc'] },
        { name: 'ReceiptTime', type: 'int64', value: 1n },
        { name: 'SenderIP', type: 'ip_addr', value: '127.0.0.1' },
        { name: 'SenderPort', type: 'uint16', value: 1 },
      ]),
    ).toEqual([]);
  });

  it('finds an event that is not specified, and MetaEventInfo is none', () => {
    for (const name of ['search', 'MetaEventInfo']) {
      expect(validateEvent({ name, attributes: [] }, ESF)).toEqual([
        {
          kind: 'unknown-event',
          event: name,
          attribute: null,
          text: `event "${name}": is not specified`,
        },
      ]);
    }
  });

  it.each<[string, LwesAttribute, string, string]>([
    [
      'an unknown attribute',
      { name: 'x', type: 'byte', value: 1 },
      'unknown-attribute',
      'is not specified',
    ],
    [
      'a wrong type',
      { name: 'lat', type: 'float', value: 1 },
      'wrong-type',
      'is float, not double',
    ],
    [
      'one for a list',
      { name: 'hits', type: 'uint16', value: 1 },
      'wrong-type',
      'is uint16, not uint16[]',
    ],
    [
      'a list that may have gaps for one that may not',
      { name: 'hits', type: 'nullable uint16[]', value: [1] },
      'wrong-type',
      'is nullable uint16[], not uint16[]',
    ],
    [
      'a wrong type of what is added',
      { name: 'enc', type: 'byte', value: 1 },
      'wrong-type',
      'is byte, not int16',
    ],
    [
      'a long list',
      { name: 'hits', type: 'uint16[]', value: [1, 2, 3] },
      'array-too-long',
      'has 3 items, more than 2',
    ],
    [
      'a long string in a list',
      { name: 'tags', type: 'nullable string[]', value: [null, 'éé'] },
      'string-too-long',
      'has 4 bytes, more than 3',
    ],
  ])('finds %s', (_what, attribute, kind, problem) => {
    const { name } = attribute;
    expect(find([HOST, TERM, attribute])).toEqual([
      {
        kind,
        event: 'Search',
        attribute: name,
        text: `event "Search", attribute "${name}": ${problem}`,
      },
    ]);
  });

  it('counts the bytes of a string as they are written', () => {
    const term: LwesAttribute = { name: 'term', type: 'string', value: 'ééé' };
    expect(find([HOST, term]).map(({ kind }) => kind)).toEqual(['string-too-long']);
    expect(find([{ name: 'enc', type: 'int16', value: 0 }, HOST, term])).toEqual([]);
  });

  it('finds all at once, and what is missing last, inherited or not', () => {
    const found = find([{ name: 'x', type: 'byte', value: 1 }]);
    expect(found.map(({ kind, attribute }) => [kind, attribute])).toEqual([
      ['unknown-attribute', 'x'],
      ['missing-attribute', 'term'],
      ['missing-attribute', 'host'],
    ]);
  });
});

function find(attributes: readonly LwesAttribute[]) {
  return validateEvent({ name: 'Search', attributes }, ESF);
}
