import { DrainLimit } from '../../../lib/session/worker/drain-limit.ts';
import { ManualClock } from '../../../lib/testing/manual-clock.ts';

function startLimit(drainMs: number): { limit: DrainLimit; clock: ManualClock } {
  const clock = new ManualClock();
  return { limit: new DrainLimit(clock, drainMs), clock };
}

describe('the limit of a drain', () => {
  it('is reached when its time is over', () => {
    const { limit, clock } = startLimit(1000);
    clock.advance(999);
    expect([limit.signal.aborted, limit.remainingMs]).toEqual([false, 1]);
    clock.advance(1);
    expect([limit.signal.aborted, limit.remainingMs]).toEqual([true, 0]);
  });

  it('is reached sooner when it is brought forward, and never later', () => {
    const { limit, clock } = startLimit(1000);
    clock.advance(500);
    limit.bringForward(600);
    expect(limit.remainingMs).toBe(500);
    limit.bringForward(100);
    limit.bringForward(300);
    clock.advance(99);
    expect(limit.signal.aborted).toBe(false);
    clock.advance(1);
    expect(limit.signal.aborted).toBe(true);
  });

  it('is reached at once when there is no time left', () => {
    const { limit, clock } = startLimit(1000);
    limit.bringForward(0);
    expect([limit.signal.aborted, clock.waiting]).toEqual([true, 0]);
  });

  it('leaves no timer behind', () => {
    const { limit, clock } = startLimit(1000);
    limit.clear();
    expect(clock.waiting).toBe(0);
  });
});
