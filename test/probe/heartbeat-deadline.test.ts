import { decideSilence } from '../../lib/probe/heartbeat-deadline.ts';

describe('decideSilence', () => {
  it.each([
    [10_000, 0, 'silent'],
    [10_000, 5000, 'silent'],
    [10_000, 5001, 'measureAgain'],
    // A short deadline tolerates a whole second: a busy machine is late by that much.
    [200, 1000, 'silent'],
    [200, 1001, 'measureAgain'],
    [10_000, 3_600_000, 'measureAgain'],
  ])('a deadline of %i ms that fires %i ms late: %s', (silenceMs, lateByMs, kind) => {
    const verdict = decideSilence({ silenceMs, lateByMs });
    expect(verdict.kind).toBe(kind);
    if (verdict.kind === 'measureAgain') expect(verdict.waitMs).toBe(silenceMs);
  });
});
