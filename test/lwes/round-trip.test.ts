import fc from 'fast-check';
import { decodeEvent, tryDecodeEvent } from '../../lib/lwes/decode-event.ts';
import { encodeEvent } from '../../lib/lwes/encode-event.ts';
import { LWES_FAULTS, LwesDecodeError } from '../../lib/lwes/lwes-decode-error.ts';
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
  it('are refused with one word of the list, strictly and leniently, and never otherwise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, lenient) => {
        expectEventOrFault(bytes, lenient);
      }),
      { numRuns: 1000 },
    );
  });

  it('are told from events that were changed in a few places', () => {
    const change = fc.tuple(fc.nat(), fc.nat(0xff));
    fc.assert(
      fc.property(
        anyEvent,
        fc.array(change, { maxLength: 4 }),
        fc.boolean(),
        (event, changes, lenient) => {
          const bytes = encodeEvent(event, ALL);
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          expectEventOrFault(bytes, lenient);
        },
      ),
      { numRuns: 1000 },
    );
  });

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

/** What was read can also be told: written again, and read to the same. */
function expectEventOrFault(bytes: Uint8Array, lenient: boolean): void {
  const { event, fault } = tryDecodeEvent(bytes, { lenient });
  if (fault === null) {
    expect(decodeEvent(bytes, { lenient })).toEqual(event);
    return;
  }
  expect(event).toBeNull();
  expect(LWES_FAULTS).toContain(fault);
  expect(caught(bytes, lenient)).toMatchObject({ code: 'ERR_LWES_DECODE', fault });
}

function caught(bytes: Uint8Array, lenient: boolean): unknown {
  try {
    return decodeEvent(bytes, { lenient });
  } catch (error) {
    expect(error).toBeInstanceOf(LwesDecodeError);
    return error;
  }
}
