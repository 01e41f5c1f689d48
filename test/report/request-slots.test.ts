import { randomFillSync } from 'node:crypto';
import {
  EMPTY_RING,
  HEAD_BYTES,
  readRing,
  RING_BYTES,
  SLOT_COUNT,
  startIndex,
  writeFree,
  writeHead,
  writeOpen,
  writeRequest,
} from '../../lib/report/request-slots.ts';

const NOW = 5000;

interface Filling {
  readonly method?: string;
  readonly url: string;
  readonly startedAt?: number;
}

function createRing(...requests: readonly Filling[]): Buffer {
  const memory = new SharedArrayBuffer(RING_BYTES);
  const ring = Buffer.from(memory);
  const times = new Float64Array(memory);
  writeHead(ring, 0);
  requests.forEach(({ method = 'GET', url, startedAt = NOW }, slot) => {
    times[startIndex(slot)] = startedAt;
    writeRequest(ring, slot, { method, url });
  });
  return ring;
}

describe('the slots of a flight recorder', () => {
  it('give back the requests in flight, the oldest first, and whose handler was running', () => {
    const ring = createRing(
      { url: '/young', startedAt: NOW - 10 },
      { method: 'M-SEARCH', url: '/old', startedAt: NOW - 900.4 },
      { url: '/gone' },
    );
    writeOpen(ring, 1);
    writeFree(ring, 2);
    expect(readRing(ring, NOW)).toEqual({
      requestsInFlight: [
        { method: 'M-SEARCH', path: '/old', ageMs: 900 },
        { method: 'GET', path: '/young', ageMs: 10, running: true },
      ],
      moreRequests: 0,
    });
  });

  it.each([
    ['/a?key=secret', '/a'],
    ['/a#secret', '/a'],
    ['/a#b?secret', '/a'],
    ['/a?b#secret', '/a'],
    ['?secret', ''],
    ['http://user:secret@host/a?secret', '/a'],
    ['http://user:secret@host?secret', '/'],
    ['*', '*'],
    ['/a\n\u0007b', '/a__b'],
    [`/${'x'.repeat(300)}`, `/${'x'.repeat(239)}…`],
  ])('keep of the URL %j no more than %j', (url, path) => {
    const ring = createRing({ url });
    expect(ring.toString('latin1')).not.toContain('secret');
    expect(readRing(ring, NOW).requestsInFlight).toMatchObject([{ path }]);
  });

  it('keep nothing of an earlier request in the one that follows', () => {
    const ring = createRing({ url: '/a-longer-path' });
    writeRequest(ring, 0, { method: 'PUT', url: '/b' });
    expect(readRing(ring, NOW).requestsInFlight).toMatchObject([{ method: 'PUT', path: '/b' }]);
  });

  it('hold as many requests as there are slots, and the number of the others', () => {
    const ring = createRing(...Array.from({ length: SLOT_COUNT }, () => ({ url: '/a' })));
    writeHead(ring, 1234);
    const { requestsInFlight: requests, moreRequests } = readRing(ring, NOW);
    expect(requests).toHaveLength(SLOT_COUNT);
    expect(moreRequests).toBe(1234);
  });

  it('are read as far as they go when the file is cut off', () => {
    const ring = createRing({ url: '/a' }, { url: '/b' });
    expect(readRing(ring.subarray(0, HEAD_BYTES + 300), NOW).requestsInFlight).toHaveLength(1);
    for (let length = 0; length <= HEAD_BYTES; length += 1)
      expect(readRing(ring.subarray(0, length), NOW)).toEqual(EMPTY_RING);
  });

  it('are none in what is no such file', () => {
    expect(readRing(Buffer.alloc(RING_BYTES), NOW)).toEqual(EMPTY_RING);
    expect(readRing(randomFillSync(Buffer.alloc(RING_BYTES)), NOW)).toEqual(EMPTY_RING);
  });

  it('name only what may be requests, whatever the bytes are', () => {
    for (let round = 0; round < 200; round += 1) {
      const ring = randomFillSync(Buffer.alloc(RING_BYTES));
      writeHead(ring, round);
      // Else hardly any slot would come as far as to its path.
      for (let slot = 0; slot < SLOT_COUNT; slot += 1) {
        const at = HEAD_BYTES + slot * 256;
        ring[at] = round % 3;
        ring[at + 3] = 0;
        if (round % 2 === 0) ring.writeDoubleLE(NOW - slot, at + 8);
      }
      for (const { method, path, ageMs } of readRing(ring, NOW).requestsInFlight) {
        expect(method).toMatch(/^[A-Z-]+$/);
        expect(path).toMatch(/^[\x21-\x7e]{0,240}…?$/);
        expect(path).not.toMatch(/[?#]/);
        expect(Number.isSafeInteger(ageMs) && ageMs >= 0).toBe(true);
      }
    }
  });

  it.each([NaN, Infinity, -Infinity, NOW + 1, -1e15])('refuse the start %d', (startedAt) => {
    expect(readRing(createRing({ url: '/a', startedAt }), NOW).requestsInFlight).toEqual([]);
  });
});
