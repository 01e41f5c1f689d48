import { identityOf } from '../../lib/stream/client-config.ts';
import { type ClientRequest, parseClientConfig } from '../../lib/stream/parse-client-config.ts';

const GOOD = { ip: '224.0.0.69', port: 9191, requests: {} };

function parse(config: unknown): ClientRequest {
  const text = typeof config === 'string' ? config : JSON.stringify(config);
  return parseClientConfig(text, 'drop-oldest');
}

function refusal(config: unknown): string {
  try {
    parse(config);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it was accepted');
}

describe('parseClientConfig', () => {
  it('fills in what clients may leave out', () => {
    expect(parse(GOOD)).toEqual({
      config: {
        ip: '224.0.0.69',
        port: 9191,
        requests: new Map(),
        filters: [],
        filterMode: 'all',
      },
      delivery: {
        batchSize: 100,
        maxSecs: 60,
        policy: 'drop-oldest',
        conflateBy: null,
        since: null,
      },
    });
  });

  it.each([
    ['port must be specified', { ...GOOD, port: undefined }],
    ['port must be of type integer', { ...GOOD, port: '9191' }],
    ['port must be of type integer', { ...GOOD, port: null }],
    ['port must be between 1 and 65535', { ...GOOD, port: 0 }],
    ['port must be between 1 and 65535', { ...GOOD, port: 65_536 }],
    ['ip must be specified', { ...GOOD, ip: undefined }],
    ['ip must be of type string', { ...GOOD, ip: 5 }],
    ['localhost is not a valid IP address', { ...GOOD, ip: 'localhost' }],
    ['224.0.0.256 is not a valid IP address', { ...GOOD, ip: '224.0.0.256' }],
    ['requests must be specified', { ...GOOD, requests: undefined }],
    ['requests must be of type (JSON) object', { ...GOOD, requests: [] }],
    [
      'requests must be of type (JSON) object, string to list of string',
      { ...GOOD, requests: { Search: 'term' } },
    ],
    [
      'requests must be of type (JSON) object, string to list of string',
      { ...GOOD, requests: { Search: [1] } },
    ],
    ['batchSize must be of type integer', { ...GOOD, batchSize: 'x' }],
    ['batchSize must be of type integer', { ...GOOD, batchSize: 1.5 }],
    ['batchSize must be between 1 and 1000000', { ...GOOD, batchSize: 0 }],
    ['batchSize must be between 1 and 1000000', { ...GOOD, batchSize: -1 }],
    ['batchSize must be between 1 and 1000000', { ...GOOD, batchSize: 1e9 }],
    ['maxSecs must be of type integer', { ...GOOD, maxSecs: true }],
    ['maxSecs must be between 1 and 86400', { ...GOOD, maxSecs: 1e12 }],
    ['filters must be a list of objects', { ...GOOD, filters: {} }],
    ['filters list must contain object types', { ...GOOD, filters: ['x'] }],
    [
      'attribute is required in filter: {name:a,attribute:null,value:null}',
      { ...GOOD, filters: [{ name: 'a' }] },
    ],
    [
      'name is required in filter: {name:,attribute:b,value:c}',
      { ...GOOD, filters: [{ name: '', attribute: 'b', value: 'c' }] },
    ],
    ['filterMode must be "all" or "perEvent"', { ...GOOD, filterMode: 'any' }],
    ['policy must be one of drop-oldest, disconnect, conflate', { ...GOOD, policy: 'wait' }],
    ['conflateBy must be of type string', { ...GOOD, conflateBy: 5 }],
    ['since must be the "next" of a batch, or an empty string', { ...GOOD, since: 5 }],
    ['the configuration must be a JSON object', []],
    ['the configuration must be a JSON object', 'null'],
  ])('refuses: %s', (cause, config) => {
    expect(refusal(config)).toBe(cause);
  });

  it('says what is wrong with a text that is no JSON', () => {
    expect(refusal('{"ip":')).toMatch(/^Invalid JSON: /);
    expect(refusal("{'ip':")).toMatch(/^Invalid JSON: /);
    expect(refusal('['.repeat(500_000))).toMatch(/^Invalid JSON: /);
  });

  it('looks at batchSize, maxSecs, port, ip, requests and filters in this order', () => {
    const wrong: Record<string, unknown> = {
      filters: 1,
      requests: 1,
      ip: 1,
      port: 'x',
      maxSecs: 'x',
      batchSize: 'x',
    };
    const order: string[] = [];
    for (const [name, good] of [
      ['batchSize', 5],
      ['maxSecs', 5],
      ['port', 9191],
      ['ip', '127.0.0.1'],
      ['requests', {}],
      ['filters', []],
    ] as const) {
      order.push(refusal(wrong).split(' ')[0] ?? '');
      wrong[name] = good;
    }
    expect(order).toEqual(['batchSize', 'maxSecs', 'port', 'ip', 'requests', 'filters']);
    expect(parse(wrong).config.port).toBe(9191);
  });

  it('takes single quotes for double ones, whatever stands between them', () => {
    const { config } = parse(
      `{'ip':'127.0.0.1','port':9191,'requests':{'It\\'s "one"':["can't"], 'a\\\\b': []}}`,
    );
    expect([...config.requests]).toEqual([
      [`It's "one"`, ["can't"]],
      ['a\\b', []],
    ]);
  });

  it('gives different forms of one address one form', () => {
    expect(parse({ ...GOOD, ip: '0:0::0:1' }).config.ip).toBe('::1');
  });

  it('ignores what it does not know, however deep', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(parse(`{"ip":"127.0.0.1","port":1,"requests":{},"x":${deep}}`).config.port).toBe(1);
  });

  it('refuses 10,000 filters, and texts of filters without end', () => {
    const filter = { name: 'a', attribute: 'b', value: 'c' };
    expect(refusal({ ...GOOD, filters: Array.from({ length: 10_000 }, () => filter) })).toBe(
      'filters must be at most 1000',
    );
    expect(refusal({ ...GOOD, filters: [{ ...filter, value: 'c'.repeat(5000) }] })).toBe(
      'value of a filter must be at most 4096 characters',
    );
  });
});

describe('identityOf', () => {
  const base = { ...GOOD, requests: { A: ['x', 'y'], B: [] } };
  const identity = (config: object): string => identityOf(parse({ ...base, ...config }).config);

  it.each([
    ['batchSize', { batchSize: 7 }],
    ['maxSecs', { maxSecs: 7 }],
    ['the policy', { policy: 'disconnect' }],
    ['where to go on', { since: '' }],
    ['the order of the names', { requests: { B: [], A: ['x', 'y'] } }],
  ])('does not depend on %s', (_what, change) => {
    expect(identity(change)).toBe(identity({}));
  });

  const one = { name: 'a', attribute: 'b', value: 'c' };
  const other = { name: 'd', attribute: 'e', value: 'f' };

  it.each([
    ['address', { ip: '224.0.0.70' }],
    ['port', { port: 9192 }],
    ['names', { requests: { A: ['x', 'y'] } }],
    ['attributes', { requests: { A: ['x', 'y', 'z'], B: [] } }],
    ['filter mode', { filterMode: 'perEvent' }],
    ['filters', { filters: [one, other] }],
    ['order of the filters', { filters: [other, one] }],
  ])('tells configurations apart by their %s', (_what, change) => {
    const all = [{}, { filters: [one] }, { filters: [one, other] }, { filters: [other, one] }];
    const same = all.filter((config) => identity(config) === identity(change));
    expect(same.length).toBeLessThanOrEqual(1);
    expect(identity(change)).not.toBe(identity({}));
  });
});
