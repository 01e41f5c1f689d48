import { decideSilence } from '../../lib/probe/heartbeat-deadline.ts';

describe('decideSilence', () => {
  it.each([
    [10_000, 0, 'silent'],
    [10_000, 20, 'silent'],
    [10_000, 21, 'readFirst'],
    [10_000, 5000, 'readFirst'],
    [10_000, 5001, 'measureAgain'],
    // Of a short deadline a whole second is not very late: a busy machine is late by that much.
    [200, 1000, 'readFirst'],
    [200, 1001, 'measureAgain'],
    [10_000, 3_600_000, 'measureAgain'],
  ])('a deadline of %i ms that fires %i ms late: %s', (silenceMs, lateByMs, kind) => {
    const verdict = decideSilence({ silenceMs, lateByMs, wallAheadMs: 0, hasRead: false });
    expect(verdict.kind).toBe(kind);
    if (verdict.kind === 'measureAgain') expect(verdict.waitMs).toBe(silenceMs);
    if (verdict.kind === 'readFirst') expect(verdict.waitMs).toBe(100);
  });

  it.each([
    [0, 'silent'],
    [5000, 'silent'],
    [5001, 'measureAgain'],
    [-3_600_000, 'silent'],
  ])(
    'a punctual deadline while the clock on the wall went %i ms further: %s',
    (wallAheadMs, kind) => {
      const missed = { silenceMs: 10_000, lateByMs: 0, wallAheadMs, hasRead: false };
      expect(decideSilence(missed).kind).toBe(kind);
    },
  );

  it.each([
    [21, 'silent'],
    [1000, 'silent'],
    [1001, 'measureAgain'],
  ])('a second deadline, after what waited was read, that fires %i ms late: %s', (late, kind) => {
    const verdict = decideSilence({
      silenceMs: 100,
      lateByMs: late,
      wallAheadMs: 0,
      hasRead: true,
    });
    expect(verdict.kind).toBe(kind);
  });
});
