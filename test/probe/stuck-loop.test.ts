import { followLoop, planLooks } from '../../lib/probe/stuck-loop.ts';

describe('planLooks', () => {
  it.each([
    [1000, 10_000, { lookEveryMs: 200, stuckMs: 500, stackMs: 4500, againMs: 1125 }],
    [200, 1000, { lookEveryMs: 80, stuckMs: 400, stackMs: 400, againMs: 100, attemptMs: 100 }],
    [1000, 600_000, { lookEveryMs: 200, stackMs: 5000, againMs: 1250, attemptMs: 1250 }],
    [1, 2, { lookEveryMs: 10, stuckMs: 0.5, stackMs: 0.5, attemptMs: 100 }],
  ])('of a heartbeat every %i ms and a silence of %i ms gives %p', (beat, silence, plan) => {
    expect(planLooks(beat, silence)).toMatchObject(plan);
  });

  it.each([
    [1000, 10_000],
    [200, 1000],
    [100, 5000],
    [500, 2000],
    [1, 2],
  ])(
    'of a heartbeat every %i ms and a silence of %i ms has two samples before the silence ends',
    (beat, silence) => {
      const { stackMs, againMs } = planLooks(beat, silence);
      expect(beat + stackMs + againMs).toBeLessThan(silence);
    },
  );
});

describe('followLoop', () => {
  const before = { at: 1000, beats: 7, stuckMs: 300 };

  it.each([
    ['that has turned is not stuck', { at: 1200, beats: 8, lateByMs: 0 }, 0],
    ['that has not turned is stuck for longer', { at: 1200, beats: 7, lateByMs: 0 }, 500],
    ['is stuck also when the look is a little late', { at: 1700, beats: 7, lateByMs: 500 }, 1000],
    ['is not for a look that is later than that', { at: 1701, beats: 7, lateByMs: 501 }, 500],
    [
      'is not stuck for the time in which the looking thread did not run either',
      { at: 61_200, beats: 7, lateByMs: 60_000 },
      500,
    ],
    ['never gets less stuck', { at: 1100, beats: 7, lateByMs: 9000 }, 300],
    [
      'counts on after its number has overflowed',
      { at: 1200, beats: -2_147_483_648, lateByMs: 0 },
      0,
    ],
  ])('a loop %s', (_what, look, stuckMs) => {
    expect(followLoop(before, look)).toEqual({ at: look.at, beats: look.beats, stuckMs });
  });
});
