import fc from 'fast-check';
import { OutputRing } from '../../lib/util/output-ring.ts';

function fill(maxBytes: number, ...chunks: string[]): OutputRing {
  const ring = new OutputRing(maxBytes);
  for (const chunk of chunks) ring.push(Buffer.from(chunk));
  return ring;
}

describe('a ring of output', () => {
  it.each([
    [['a\nb\nc\n'], 2, ['b', 'c']],
    [['a\nb'], 5, ['a', 'b']],
    [['spl', 'it\r\nnext\n'], 5, ['split', 'next']],
    [['\n\n'], 5, ['', '']],
    [[], 5, []],
    [['a\n'], 0, []],
  ])('of %p gives, for its last %i lines, %p', (chunks, count, lines) => {
    expect(fill(1000, ...chunks).tail(count)).toEqual(lines);
  });

  it('keeps a character that two chunks share', () => {
    const bytes = Buffer.from('grün\n');
    const ring = new OutputRing(100);
    ring.push(bytes.subarray(0, 3));
    ring.push(bytes.subarray(3));
    expect(ring.tail(1)).toEqual(['grün']);
  });

  it('keeps the end of a chunk that is larger than itself', () => {
    expect(fill(5, 'abcdefghij').tail(1)).toEqual(['fghij']);
  });

  it('keeps a copy, not the block of memory a chunk is a view of', () => {
    const block = Buffer.from('before');
    const ring = new OutputRing(100);
    ring.push(block);
    block.fill('x');
    expect(ring.tail(1)).toEqual(['before']);
  });

  it('holds the newest output, never more than its size', () => {
    const chunks = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n') }), {
      maxLength: 50,
    });
    fc.assert(
      fc.property(chunks, fc.integer({ min: 1, max: 40 }), (some, maxBytes) => {
        const kept = fill(maxBytes, ...some)
          .tail(Infinity)
          .join('\n');
        expect(kept.length).toBeLessThanOrEqual(maxBytes);
        const all = some.join('').replace(/\n$/, '');
        expect(all.endsWith(kept)).toBe(true);
      }),
    );
  });
});
