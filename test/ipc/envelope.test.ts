import fc from 'fast-check';
import { isEnvelope } from '../../lib/ipc/envelope-mark.ts';
import { createEnvelope, parseEnvelope, REQUEST } from '../../lib/ipc/envelope.ts';

const entry = (id: number) => ({
  packet: [REQUEST, id, 'name', { a: id }] as [number, ...unknown[]],
});

describe('parseEnvelope', () => {
  it('reads back one packet and several', () => {
    const request = (id: number) => ({ kind: 'request', id, name: 'name', args: { a: id } });
    expect(parseEnvelope(createEnvelope([entry(1)]))).toEqual([request(1)]);
    expect(parseEnvelope(createEnvelope([entry(1), entry(2)]))).toEqual([request(1), request(2)]);
  });

  it('never throws, and gives null or packets of known kinds', () => {
    const packetLike = fc.array(fc.oneof(fc.integer({ min: -1, max: 7 }), fc.jsonValue()));
    const message = fc.oneof(
      fc.anything(),
      packetLike.map((rest) => ['@vigil/1', ...rest]),
      fc.array(packetLike).map((packets) => ['@vigil/1', 5, ...packets]),
    );
    const kinds = ['request', 'response', 'failure', 'notice', 'unreadable'];
    fc.assert(
      fc.property(message, (value) => {
        for (const packet of parseEnvelope(value) ?? []) expect(kinds).toContain(packet.kind);
      }),
      { numRuns: 1000 },
    );
  });

  it('does not read another version, which still is ours', () => {
    expect(parseEnvelope(['@vigil/2', 0, 1, 'name'])).toBeNull();
    expect(isEnvelope(['@vigil/2', 0, 1, 'name'])).toBe(true);
  });
});

describe('isEnvelope', () => {
  it.each([[null], [undefined], ['@vigil/1'], [[]], [[1]], [{ 0: '@vigil/1' }], [[['@vigil/1']]]])(
    'is false for %j',
    (message) => {
      expect(isEnvelope(message)).toBe(false);
    },
  );

  it('is true for what is sent', () => {
    expect(isEnvelope(createEnvelope([entry(1)]))).toBe(true);
    expect(isEnvelope(createEnvelope([entry(1), entry(2)]))).toBe(true);
  });
});
