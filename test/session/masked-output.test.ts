import fc from 'fast-check';
import { createSecretMask } from '../../lib/report/mask-secrets.ts';
import { MaskedOutput } from '../../lib/session/monitor/masked-output.ts';

const SECRET = 'the-key-of-the-shop';
const mask = createSecretMask({ SHOP_KEY: SECRET });

function passThrough(chunks: readonly (string | Buffer)[]): Buffer[] {
  const written: Buffer[] = [];
  const output = new MaskedOutput(mask, (chunk) => written.push(chunk));
  for (const chunk of chunks) output.push(Buffer.from(chunk as string));
  output.end();
  return written;
}

const textOf = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString();

describe('MaskedOutput', () => {
  it('hides a secret wherever the pieces of the output end', () => {
    const text = `before ${SECRET} after\nlast ${SECRET}`;
    for (let cut = 0; cut <= text.length; cut++) {
      const told = textOf(passThrough([text.slice(0, cut), text.slice(cut)]));
      expect(told).toBe('before [SHOP_KEY masked] after\nlast [SHOP_KEY masked]');
    }
  });

  it('hides a secret in a line that does not end, wherever in it', () => {
    const place = fc.integer({ min: 0, max: 200_000 });
    fc.assert(
      fc.property(place, fc.integer({ min: 500, max: 70_000 }), (before, step) => {
        const text = 'x'.repeat(before) + SECRET + 'y'.repeat(100_000);
        const pieces: string[] = [];
        for (let at = 0; at < text.length; at += step) pieces.push(text.slice(at, at + step));
        expect(textOf(passThrough(pieces))).toBe(mask(text));
      }),
      { numRuns: 30 },
    );
  });

  it('lets an endless line wait no longer than it must', () => {
    let passed = 0;
    const output = new MaskedOutput(mask, (chunk) => (passed += chunk.length));
    let pushed = 0;
    for (let piece = 0; piece < 100; piece++) {
      output.push(Buffer.alloc(10_000, 'x'));
      pushed += 10_000;
      expect(pushed - passed).toBeLessThan(80_000);
    }
  });

  it('passes on what holds no secret as the bytes it came as', () => {
    const bytes = Buffer.from([0xff, 0x00, 0x0a, 0xc3, 0xbc, 0x0a, 0xfe]);
    expect(Buffer.concat(passThrough([bytes.subarray(0, 4), bytes.subarray(4)]))).toEqual(bytes);
  });
});
