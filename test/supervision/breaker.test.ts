import fc from 'fast-check';
import {
  beginTrial,
  type Breaker,
  NEW_BREAKER,
  recordFailure,
  recordReady,
  scoreAt,
} from '../../lib/supervision/breaker.ts';

const BREAKER = { failures: 5, halfLifeMs: 60_000, cooldownMs: 300_000 };
const BACKOFF = { baseMs: 500, factor: 2, maxMs: 60_000, jitter: 0 };

function failAt(breaker: Breaker, now: number): ReturnType<typeof recordFailure> {
  return recordFailure(breaker, { now, random: 0.5, breaker: BREAKER, backoff: BACKOFF });
}

/** Fails at each of these moments and gives the verdicts. */
function failAll(moments: readonly number[]) {
  let breaker = NEW_BREAKER;
  return moments.map((now) => {
    const counted = failAt(breaker, now);
    breaker = counted.breaker;
    return { ...counted.verdict, state: breaker.state, score: breaker.score };
  });
}

describe('the breaker', () => {
  it('lets the first restart come at once and the following after growing delays', () => {
    expect(failAll([0, 0, 0, 0, 0]).map(({ delayMs, attempt }) => [delayMs, attempt])).toEqual([
      [0, 0],
      [500, 1],
      [1000, 2],
      [2000, 3],
      [4000, 4],
    ]);
  });

  it('opens when the score after a failure is above its limit, not when it reaches it', () => {
    const verdicts = failAll([0, 0, 0, 0, 0, 0]);
    expect(verdicts.map(({ kind }) => kind)).toEqual([
      'retry',
      'retry',
      'retry',
      'retry',
      'retry',
      'open',
    ]);
    expect(verdicts.at(-1)).toEqual({
      kind: 'open',
      delayMs: BREAKER.cooldownMs,
      attempt: 5,
      state: 'open',
      score: 6,
    });
  });

  it('counts a failure as the first again after a stable run, which is a score below one half', () => {
    // One failure halves to exactly 0.5 in one half-life; a moment later it is below.
    expect(failAll([0, 60_000])[1]).toMatchObject({ attempt: 1, delayMs: 500 });
    expect(failAll([0, 60_001])[1]).toMatchObject({ attempt: 0, delayMs: 0 });
  });

  it('never opens for failures one half-life apart', () => {
    const moments = Array.from({ length: 100 }, (_, n) => n * BREAKER.halfLifeMs);
    const verdicts = failAll(moments);
    expect(verdicts.every(({ kind }) => kind === 'retry')).toBe(true);
    expect(verdicts.at(-1)?.score).toBeCloseTo(2);
  });

  it('is half open while a trial runs, and closes at its success keeping the decayed score', () => {
    const open = { state: 'open', score: 6, scoredAt: 0, attempt: 5 } as const;
    const trial = beginTrial(open);
    expect(trial).toEqual({ ...open, state: 'halfOpen' });
    expect(recordReady(trial)).toEqual({ ...open, state: 'closed' });
    expect(scoreAt(recordReady(trial), BREAKER.halfLifeMs, 60_000)).toBe(3);
  });

  it('opens again when the trial fails, however low the score has become', () => {
    const halfOpen = { state: 'halfOpen', score: 6, scoredAt: 0, attempt: 5 } as const;
    const { breaker, verdict } = failAt(halfOpen, 60 * 60_000);
    expect(verdict).toMatchObject({ kind: 'open', delayMs: BREAKER.cooldownMs });
    expect(breaker.state).toBe('open');
  });

  it('has no trial to begin and nothing to close while it is closed', () => {
    expect(beginTrial(NEW_BREAKER)).toBe(NEW_BREAKER);
    expect(recordReady(NEW_BREAKER)).toBe(NEW_BREAKER);
  });

  it('does not grow its score when the clock goes back', () => {
    expect(scoreAt({ ...NEW_BREAKER, score: 2, scoredAt: 1000 }, 60_000, 0)).toBe(2);
  });
});

const gaps = fc.array(fc.integer({ min: 0, max: 600_000 }), { minLength: 1, maxLength: 50 });

describe('any series of failures', () => {
  it('gives the score of the sum of all failures, each halved by its own age', () => {
    fc.assert(
      fc.property(gaps, (some) => {
        let now = 0;
        const moments = some.map((gap) => (now += gap));
        const last = moments.at(-1) ?? 0;
        const sum = moments.reduce(
          (total, at) => total + 0.5 ** ((last - at) / BREAKER.halfLifeMs),
          0,
        );
        expect(failAll(moments).at(-1)?.score).toBeCloseTo(sum, 6);
      }),
    );
  });

  it('opens exactly when the score is above the limit', () => {
    fc.assert(
      fc.property(gaps, (some) => {
        let now = 0;
        for (const { kind, score } of failAll(some.map((gap) => (now += gap)))) {
          expect(kind).toBe(score > BREAKER.failures ? 'open' : 'retry');
        }
      }),
    );
  });

  it('numbers attempts from zero without a gap', () => {
    fc.assert(
      fc.property(gaps, (some) => {
        let now = 0;
        let previous = -1;
        for (const { attempt } of failAll(some.map((gap) => (now += gap)))) {
          expect([0, previous + 1]).toContain(attempt);
          previous = attempt;
        }
      }),
    );
  });
});
