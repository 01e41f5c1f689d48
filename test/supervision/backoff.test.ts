import fc from 'fast-check';
import { delayRangeMs, nextDelayMs } from '../../lib/supervision/backoff.ts';

const DEFAULTS = { baseMs: 500, factor: 2, maxMs: 60_000, jitter: 0.2 };
const MIDDLE = 0.5;

const options = fc.record({
  baseMs: fc.double({ min: 0, max: 1e5, noNaN: true }),
  factor: fc.double({ min: 1, max: 10, noNaN: true }),
  maxMs: fc.double({ min: 0, max: 1e7, noNaN: true }),
  jitter: fc.double({ min: 0, max: 1, noNaN: true }),
});
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const attempt = fc.integer({ min: 0, max: 5000 });

describe('the delay before a restart', () => {
  it.each([
    [0, 0],
    [1, 500],
    [2, 1000],
    [3, 2000],
    [7, 32_000],
    [8, 60_000],
    [2000, 60_000],
  ])('is, for attempt %i without jitter, %i ms', (n, delayMs) => {
    expect(nextDelayMs(DEFAULTS, n, MIDDLE)).toBe(delayMs);
  });

  it('varies by its jitter to both sides', () => {
    expect(nextDelayMs(DEFAULTS, 2, 0)).toBe(800);
    expect(nextDelayMs(DEFAULTS, 2, 0.999_999)).toBe(1200);
  });

  it('stays zero for a base of zero, however often', () => {
    expect(nextDelayMs({ ...DEFAULTS, baseMs: 0 }, 5000, MIDDLE)).toBe(0);
  });

  it('is a whole number of milliseconds from zero to the maximum, whatever the options', () => {
    fc.assert(
      fc.property(options, attempt, random, (some, n, r) => {
        const delayMs = nextDelayMs(some, n, r);
        expect(delayMs).toBeGreaterThanOrEqual(0);
        expect(delayMs).toBeLessThanOrEqual(some.maxMs);
        expect(Number.isInteger(delayMs) || delayMs === some.maxMs).toBe(true);
      }),
    );
  });

  it('never shrinks from one attempt to the next at the same place within the jitter', () => {
    fc.assert(
      fc.property(options, attempt, random, (some, n, r) => {
        expect(nextDelayMs(some, n + 1, r)).toBeGreaterThanOrEqual(nextDelayMs(some, n, r));
      }),
    );
  });

  it('is immediate for the first restart after a stable run', () => {
    fc.assert(
      fc.property(options, random, (some, r) => {
        expect(nextDelayMs(some, 0, r)).toBe(0);
      }),
    );
  });
});

describe('the range of a wait', () => {
  it('is from one end of the jitter to the other, and never beyond the maximum', () => {
    expect(delayRangeMs(DEFAULTS, 2)).toEqual([800, 1200]);
    expect(delayRangeMs({ ...DEFAULTS, maxMs: 1000 }, 2)).toEqual([800, 1000]);
    expect(delayRangeMs(DEFAULTS, 0)).toEqual([0, 0]);
  });
});
