import fc from 'fast-check';
import type { LwesAttribute, LwesEvent, LwesScalarType } from '../../lib/lwes/lwes-event.ts';

const SCALARS: Record<LwesScalarType, fc.Arbitrary<unknown>> = {
  uint16: fc.nat(0xffff),
  int16: fc.integer({ min: -0x8000, max: 0x7fff }),
  uint32: fc.integer({ min: 0, max: 0xffff_ffff }),
  int32: fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }),
  string: fc.string({ unit: 'grapheme' }),
  ip_addr: fc.ipV4(),
  int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  uint64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  boolean: fc.boolean(),
  byte: fc.nat(0xff),
  float: fc.float(),
  double: fc.double(),
};

const NAME = fc
  .string({ unit: fc.constantFrom(...'abcXYZ019_:.é'), minLength: 1, maxLength: 100 })
  .filter((name) => name !== 'enc');

const attribute = fc
  .tuple(NAME, fc.constantFrom(...(Object.keys(SCALARS) as LwesScalarType[])), fc.nat(2))
  .chain(([name, scalar, shape]) => {
    const value = SCALARS[scalar];
    if (shape === 0) return value.map((one) => ({ name, type: scalar, value: one }));
    if (shape === 1) {
      return fc.array(value).map((list) => ({ name, type: `${scalar}[]`, value: list }));
    }
    return fc
      .array(fc.option(value))
      .map((list) => ({ name, type: `nullable ${scalar}[]`, value: list }));
  }) as fc.Arbitrary<LwesAttribute>;

const enc = fc.constantFrom([], [{ name: 'enc', type: 'int16', value: 1 } as const]);

/** Any event whose strings are UTF-8: with `enc` or without. */
export const anyEvent: fc.Arbitrary<LwesEvent> = fc.record({
  name: NAME,
  attributes: fc
    .tuple(enc, fc.uniqueArray(attribute, { selector: ({ name }) => name, maxLength: 20 }))
    .map(([first, rest]) => [...first, ...rest]),
});
