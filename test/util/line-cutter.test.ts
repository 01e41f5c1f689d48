import fc from 'fast-check';
import { type CutLine, LineCutter } from '../../lib/util/line-cutter.ts';

const LONGEST = 64 * 1024;

function cut(chunks: readonly (string | Buffer)[]): CutLine[] {
  const cutter = new LineCutter();
  const lines = chunks.flatMap((chunk) => cutter.push(Buffer.from(chunk as string)));
  return [...lines, ...cutter.end()];
}

describe('LineCutter', () => {
  it('gives whole lines wherever the chunks end, without their ends, and the last one without an end', () => {
    const text = 'one\r\n\nzwölf\nlast';
    const bytes = Buffer.from(text);
    for (let at = 0; at <= bytes.length; at += 1) {
      const lines = cut([bytes.subarray(0, at), bytes.subarray(at)]);
      expect(lines.map((line) => line.text)).toEqual(['one', '', 'zwölf', 'last']);
    }
  });

  it('says nothing after an end of a line', () => {
    expect(cut(['one\n'])).toEqual([{ text: 'one', isPartial: false }]);
    expect(cut([])).toEqual([]);
  });

  it.each([
    ['in one chunk', [Buffer.alloc(1_000_000, 'x'), '\nnext\n']],
    ['in many', [...Array.from({ length: 100 }, () => Buffer.alloc(10_000, 'x')), '\nnext\n']],
  ])('cuts a line of 1 MB that comes %s into pieces', (_how, chunks) => {
    const lines = cut(chunks);
    expect(lines.at(-1)).toEqual({ text: 'next', isPartial: false });
    const pieces = lines.slice(0, -1);
    expect(pieces.map(({ isPartial }) => isPartial)).toEqual([
      ...Array.from({ length: pieces.length - 1 }, () => true),
      false,
    ]);
    expect(pieces.map(({ text }) => text).join('')).toBe('x'.repeat(1_000_000));
    for (const { text } of pieces) expect(text.length).toBeLessThanOrEqual(LONGEST);
  });

  it('does not cut a character in two', () => {
    fc.assert(
      fc.property(fc.integer({ min: LONGEST - 5, max: LONGEST + 5 }), (before) => {
        const text = `${'x'.repeat(before)}${'€😀'.repeat(5)}`;
        expect(
          cut([text, '\n'])
            .map((line) => line.text)
            .join(''),
        ).toBe(text);
      }),
      { numRuns: 20 },
    );
  });

  it('cuts bytes that are no text as well', () => {
    const lines = cut([Buffer.alloc(200_000, 0x80), '\n']);
    expect(lines.length).toBeGreaterThan(3);
  });
});
