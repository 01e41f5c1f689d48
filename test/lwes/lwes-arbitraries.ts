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

function valueOf(scalar: LwesScalarType, shape: number): fc.Arbitrary<unknown> {
  const value = SCALARS[scalar];
  if (shape === 0) return value;
  return fc.array(shape === 1 ? value : fc.option(value));
}

const attribute: fc.Arbitrary<LwesAttribute> = fc
  .tuple(NAME, fc.constantFrom(...(Object.keys(SCALARS) as LwesScalarType[])), fc.nat(2))
  .chain(([name, scalar, shape]) => {
    const type = [scalar, `${scalar}[]`, `nullable ${scalar}[]`][shape];
    return valueOf(scalar, shape).map((value) => ({ name, type, value }) as LwesAttribute);
  });

const enc = fc.constantFrom([], [{ name: 'enc', type: 'int16', value: 1 } as const]);

/** Any event whose strings are UTF-8: with `enc` or without. */
export const anyEvent: fc.Arbitrary<LwesEvent> = fc.record({
  name: NAME,
  attributes: fc
    .tuple(enc, fc.uniqueArray(attribute, { selector: ({ name }) => name, maxLength: 20 }))
    .map(([first, rest]) => [...first, ...rest]),
});
