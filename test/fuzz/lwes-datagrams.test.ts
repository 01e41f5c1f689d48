import { decodeEvent, tryDecodeEvent } from '../../lib/lwes/decode-event.ts';
import { LWES_FAULTS, LwesDecodeError } from '../../lib/lwes/lwes-decode-error.ts';
import { fuzzParser } from './fuzz-parser.ts';

describe('a datagram', () => {
  fuzzParser({
    name: 'lwes-datagrams',
    words: ['\u0001', '\u0000', '\u0005', '\u00ff\u00ff', 'enc', '\u0081', '\u0089', '\u008d'],
    runs: 3000,
    read: (bytes) => {
      expectEventOrFault(bytes, false);
      expectEventOrFault(bytes, true);
    },
  });
});

/** What was read can also be told: written again, and read to the same. */
function expectEventOrFault(bytes: Buffer, lenient: boolean): void {
  const { event, fault } = tryDecodeEvent(bytes, { lenient });
  if (fault === null) {
    expect(decodeEvent(bytes, { lenient })).toEqual(event);
    // A list says how long it is; it is not to be believed beyond what is there.
    expect(event?.attributes.length ?? 0).toBeLessThanOrEqual(bytes.length);
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
