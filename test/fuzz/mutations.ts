import fc from 'fast-check';

/** A small change of some bytes. */
type Change = (bytes: Buffer) => Buffer;

const place = fc.nat(0xffff);
const fewBytes = fc.uint8Array({ minLength: 1, maxLength: 8 });

/** Inputs made of others: some bytes set, cut out, put in, said again many times, or followed by those of another. */
export function mutationsOf(
  inputs: readonly Buffer[],
  words: readonly string[],
): fc.Arbitrary<Buffer> {
  const wordBytes = fc.constantFrom(...words, ' ').map((word) => Buffer.from(word));
  const input = fc.constantFrom(...inputs);
  const change: fc.Arbitrary<Change> = fc.oneof(
    fc.tuple(place, fc.nat(0xff)).map(([at, value]) => set(at, value)),
    fc.tuple(place, fc.nat(40)).map(([at, length]) => put(at, length, Buffer.alloc(0))),
    fc
      .tuple(place, fc.oneof(fewBytes, wordBytes), fc.nat(8))
      .map(([at, bytes, over]) => put(at, over, Buffer.from(bytes))),
    fc
      .tuple(place, fc.integer({ min: 1, max: 20 }), fc.nat(30))
      .map(([at, length, times]) => repeat(at, length, times)),
    fc.tuple(place, input).map(([at, other]) => follow(at, other)),
  );
  return fc
    .tuple(input, fc.array(change, { minLength: 1, maxLength: 6 }))
    .map(([bytes, changes]) => changes.reduce((changed, one) => one(changed), bytes));
}

/** Deeper, longer and more often than anybody means it. */
export function exaggerationsOf(words: readonly string[]): fc.Arbitrary<Buffer> {
  const word = fc.constantFrom(...words);
  return fc
    .tuple(word, word, word, fc.constantFrom(10, 70, 1000, 6000))
    .map(([before, again, after, times]) => Buffer.from(before + again.repeat(times) + after));
}

function set(at: number, value: number): Change {
  return (bytes) => {
    const copy = Buffer.from(bytes);
    if (copy.length > 0) copy[at % copy.length] = value;
    return copy;
  };
}

function put(at: number, over: number, more: Buffer): Change {
  return (bytes) => {
    const start = at % (bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, start), more, bytes.subarray(start + over)]);
  };
}

function repeat(at: number, length: number, times: number): Change {
  return (bytes) => {
    const start = at % (bytes.length + 1);
    const part = bytes.subarray(start, start + length);
    const again = Array.from({ length: times }, () => part);
    return Buffer.concat([bytes.subarray(0, start), ...again, bytes.subarray(start)]);
  };
}

function follow(at: number, other: Buffer): Change {
  return (bytes) => Buffer.concat([bytes.subarray(0, at % (bytes.length + 1)), other]);
}
