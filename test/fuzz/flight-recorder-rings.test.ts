import { readRing, SLOT_COUNT } from '../../lib/report/request-slots.ts';
import { fuzzParser } from './fuzz-parser.ts';

const NOW = 1_000_000;

describe('the ring of a flight recorder', () => {
  fuzzParser({
    name: 'flight-recorder-rings',
    words: ['VIGILFR1', '\u0000', '\u0001', '\u0002', '\u00ff', '/path?query', '\n'],
    runs: 600,
    read: (bytes) => {
      const { requestsInFlight, moreRequests } = readRing(bytes, NOW);
      expect(requestsInFlight.length).toBeLessThanOrEqual(SLOT_COUNT);
      expect(moreRequests).toBeLessThanOrEqual(1_000_000);
      for (const { method, path, ageMs } of requestsInFlight) {
        expect(method).toMatch(/^[A-Z-]+$/);
        expect(path).toMatch(/^[\x21-\x7e]{0,240}…?$/);
        expect(path).not.toMatch(/[?#]/);
        expect(ageMs).toBeGreaterThanOrEqual(0);
      }
    },
  });
});
