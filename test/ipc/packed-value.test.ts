import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { packValue } from '../../lib/ipc/packed-value.ts';
import { decodeValue } from '../../lib/ipc/value-decoder.ts';

function trip(value: unknown): unknown {
  const { value: sent, packed } = packValue(value, false);
  const text = JSON.stringify(sent);
  const received: unknown = text === undefined ? undefined : JSON.parse(text);
  return packed ? decodeValue(received) : received;
}

const cloneable = fc.letrec((tie) => ({
  leaf: fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.double(),
    fc.boolean(),
    fc.constantFrom(null, undefined),
    fc.bigInt(),
    fc.date({ noInvalidDate: true }),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    fc.float32Array(),
    fc.bigInt64Array(),
    fc.uint8Array().map((bytes) => bytes.buffer),
  ),
  value: fc.oneof(
    { maxDepth: 5 },
    tie('leaf'),
    fc.array(tie('value')),
    fc.sparseArray(tie('value')),
    fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'length')),
      tie('value'),
      {
        noNullPrototype: true,
      },
    ),
    fc.array(fc.tuple(tie('value'), tie('value'))).map((entries) => new Map(entries)),
    fc.array(tie('value')).map((values) => new Set(values)),
  ),
}));

describe('packValue', () => {
  it('brings every value that structured clone knows to the other side as itself', () => {
    fc.assert(
      fc.property(cloneable.value, (value) => {
        // jest's own comparison stumbles over a member named 'constructor'.
        expect(isDeepStrictEqual(trip(value), value)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    ['an object', { a: 1, b: ['x', null, true, { c: -1.5e300 }] }],
    ['a string of lone surrogates', '\ud800'],
    ['null', null],
    ['a large tree', Array.from({ length: 20_000 }, (_, i) => ({ i, next: { i } }))],
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 })],
    ['a deep one', JSON.parse('['.repeat(500) + ']'.repeat(500))],
  ])('leaves %s as it is', (_what, value) => {
    const packed = packValue(value, false);
    expect(packed.packed).toBe(false);
    expect(packed.value).toBe(value);
  });

  it('measures roughly what JSON will take', () => {
    const value = {
      text: 'x'.repeat(10_000),
      list: Array.from({ length: 100 }, (_, i) => `item ${i}`),
    };
    const { size } = packValue(value, false);
    expect(size).toBeGreaterThan(JSON.stringify(value).length * 0.8);
    expect(size).toBeLessThan(JSON.stringify(value).length * 1.5);
  });

  it('keeps an invalid date invalid', () => {
    const [date] = trip([new Date(NaN)]) as [Date];
    expect(date).toBeInstanceOf(Date);
    expect(date.getTime()).toBeNaN();
  });

  it('keeps circular and shared references', () => {
    const shared = { name: 'shared' };
    const circular: Record<string, unknown> = { shared: [shared, shared], map: new Map() };
    circular['self'] = circular;
    (circular['map'] as Map<unknown, unknown>).set(circular, circular);
    const copy = trip(circular) as typeof circular;
    expect(copy['self']).toBe(copy);
    expect((copy['shared'] as unknown[])[0]).toBe((copy['shared'] as unknown[])[1]);
    expect((copy['map'] as Map<unknown, unknown>).get(copy)).toBe(copy);
  });

  it('survives circular references that branch', () => {
    const root: { children: unknown[] } = { children: [] };
    for (let i = 0; i < 50; i++) root.children.push({ parent: root, siblings: root.children });
    const copy = trip(root) as { children: { parent: unknown; siblings: unknown }[] };
    expect(copy.children).toHaveLength(50);
    expect(copy.children[49]?.parent).toBe(copy);
  });

  it('survives nesting far deeper than the stack', () => {
    let nested: unknown = 'core';
    for (let i = 0; i < 100_000; i++) nested = [nested];
    let copy = trip(nested);
    for (let i = 0; i < 100_000; i++) copy = (copy as unknown[])[0];
    expect(copy).toBe('core');
  });

  it('keeps the class, code, causes and inner errors of an error', () => {
    const cause = Object.assign(new RangeError('cause'), { code: 'E_CAUSE' });
    const error = Object.assign(new AggregateError([new TypeError('inner')], 'outer', { cause }), {
      code: 42,
    });
    error.name = 'OwnName';
    const copy = trip(error) as AggregateError & { code: number; cause: Error & { code: string } };
    expect(copy).toMatchObject({ name: 'OwnName', message: 'outer', code: 42, stack: error.stack });
    expect(copy.cause).toBeInstanceOf(RangeError);
    expect(copy.cause).toMatchObject({ message: 'cause', code: 'E_CAUSE' });
    expect(copy.errors[0]).toBeInstanceOf(TypeError);
    expect(Object.keys(copy)).toEqual(['code']);
  });

  it('brings regular expressions, URLs and boxed values across', () => {
    const url = new URL('https://user@host:8080/path?query#hash');
    expect(trip([/a+/giu, url, Object('text'), Object(1n)])).toEqual([
      /a+/giu,
      url,
      Object('text'),
      Object(1n),
    ]);
  });

  it('copies only the bytes a view shows', () => {
    const bytes = new Uint8Array(1024).fill(7).subarray(100, 104);
    const { value } = packValue(bytes, true) as { value: [unknown, [string, string, Uint8Array]] };
    expect(value[1][2].buffer.byteLength).toBe(4);
    expect(decodeValue(value)).toEqual(new Uint8Array([7, 7, 7, 7]));
  });

  it('sends the own members of an object of some class, as structured clone does', () => {
    class Point {
      x = 1;
      #hidden = 2;
      get sum(): number {
        return this.x + this.#hidden;
      }
      toJSON(): string {
        return 'not asked';
      }
    }
    expect(trip(new Point())).toStrictEqual({ x: 1 });
  });

  it.each([
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['a promise', Promise.resolve()],
    ['a WeakMap', new WeakMap()],
    ['a WeakRef', new WeakRef({})],
    ['a generator', (function* () {})()],
    ['a method', { toJSON: () => 1 }],
  ])('refuses %s, wherever it is', (_what, value) => {
    for (const place of [
      value,
      [value],
      { value },
      new Map([[1, value]]),
      [[new Date(0), { value }]],
    ]) {
      expect(() => packValue(place, false)).toThrow(
        expect.objectContaining({ code: 'ERR_IPC_VALUE' }),
      );
    }
  });
});

describe('decodeValue', () => {
  it('reads or refuses whatever it is given, and changes no prototype', () => {
    const slot = fc.oneof(
      fc.integer({ min: -7, max: 4 }).map((n) => [n]),
      fc.string(),
      fc.jsonValue(),
      fc.constant(['__proto__']),
    );
    const node = fc.tuple(
      fc.constantFrom('O', 'A', 'S', 'M', 'T', 'D', 'B', 'E', 'R', 'U', 'V', 'P', '__proto__'),
      fc.array(slot),
    );
    const table = fc.oneof(
      fc.jsonValue(),
      fc
        .tuple(slot, fc.array(node.map(([tag, rest]) => [tag, ...rest])))
        .map(([root, nodes]) => [root, ...nodes]),
    );
    fc.assert(
      fc.property(table, (value) => {
        try {
          decodeValue(value);
        } catch {
          // Refused is as good as read.
        }
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });
});
