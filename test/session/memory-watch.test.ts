import { MemoryWatch } from '../../lib/session/monitor/memory-watch.ts';
import { ManualClock } from '../../lib/testing/manual-clock.ts';

const TEN_SECONDS = 10_000;

function startWatch(): {
  clock: ManualClock;
  watch: MemoryWatch;
  set: { rssBytes: number | null; limitBytes: number | null };
  exceeded: number[];
} {
  const clock = new ManualClock();
  const set: { rssBytes: number | null; limitBytes: number | null } = {
    rssBytes: 200,
    limitBytes: 100,
  };
  const exceeded: number[] = [];
  const watch = new MemoryWatch({
    clock,
    limitBytes: () => set.limitBytes,
    sample: () => (set.rssBytes === null ? null : { generation: 1, rssBytes: set.rssBytes }),
    onExceeded: () => exceeded.push(clock.now()),
  });
  watch.start();
  return { clock, watch, set, exceeded };
}

describe('the memory of the server process', () => {
  it('is looked at every ten seconds: thirty seconds above the limit are too long', () => {
    const { clock, exceeded } = startWatch();
    clock.advance(3 * TEN_SECONDS - 1);
    expect(exceeded).toEqual([]);
    clock.advance(1);
    expect(exceeded).toEqual([3 * TEN_SECONDS]);
    clock.advance(3 * TEN_SECONDS);
    expect(exceeded).toEqual([3 * TEN_SECONDS, 6 * TEN_SECONDS]);
  });

  it('is not counted while there is no process to replace, and by the limit as it is now', () => {
    const { clock, set, exceeded } = startWatch();
    set.rssBytes = null;
    clock.advance(10 * TEN_SECONDS);
    set.rssBytes = 200;
    set.limitBytes = null;
    clock.advance(10 * TEN_SECONDS);
    set.limitBytes = 300;
    clock.advance(10 * TEN_SECONDS);
    expect(exceeded).toEqual([]);
    set.limitBytes = 150;
    clock.advance(3 * TEN_SECONDS);
    expect(exceeded).toHaveLength(1);
  });

  it('is not looked at any more once the session ends', () => {
    const { clock, watch, exceeded } = startWatch();
    watch.stop();
    clock.advance(10 * TEN_SECONDS);
    expect(exceeded).toEqual([]);
    expect(clock.waiting).toBe(0);
  });
});
