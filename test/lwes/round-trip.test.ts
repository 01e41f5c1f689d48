import fc from 'fast-check';
import { decodeEvent, tryDecodeEvent } from '../../lib/lwes/decode-event.ts';
import { encodeEvent } from '../../lib/lwes/encode-event.ts';
import { anyEvent } from './lwes-arbitraries.ts';

const ALL = { allowEmptyArrays: true };

describe('an event that is written and read', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        expect(decodeEvent(encodeEvent(event, ALL))).toEqual(event);
      }),
      { numRuns: 200 },
    );
  });

  it('is written to the same bytes again', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const bytes = encodeEvent(event, ALL);
        expect(encodeEvent(decodeEvent(bytes), ALL)).toEqual(bytes);
      }),
    );
  });

  it('is read from any view of bytes, and leaves them as they are', () => {
    fc.assert(
      fc.property(anyEvent, fc.nat(9), (event, before) => {
        const bytes = encodeEvent(event, ALL);
        const shared = new Uint8Array(before + bytes.length + 5).fill(0xff);
        shared.set(bytes, before);
        const view = shared.subarray(before, before + bytes.length);
        expect(decodeEvent(view)).toEqual(event);
        expect(Buffer.from(view)).toEqual(bytes);
      }),
    );
  });
});

describe('bytes that are no event', () => {
  it('are told from events by every byte that is missing or too many', () => {
    fc.assert(
      fc.property(anyEvent, fc.nat(), (event, at) => {
        const bytes = encodeEvent(event, ALL);
        expect(tryDecodeEvent(bytes.subarray(0, at % bytes.length)).fault).toBe('truncated');
        const longer = Buffer.concat([bytes, Buffer.from([0])]);
        expect(tryDecodeEvent(longer).fault).toBe('trailing');
        expect(tryDecodeEvent(longer, { lenient: true }).event).toEqual(event);
      }),
    );
  });
});
