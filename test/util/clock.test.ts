import { ManualClock } from '../../lib/testing/manual-clock.ts';
import { isoTime, systemClock, waitFor } from '../../lib/util/clock.ts';

describe('waitFor', () => {
  it('ends after its time, and leaves no timer', async () => {
    const clock = new ManualClock();
    let ended = false;
    const wait = waitFor(clock, 100).then(() => (ended = true));
    clock.advance(99);
    await Promise.resolve();
    expect(ended).toBe(false);
    clock.advance(1);
    await wait;
    expect(clock.waiting).toBe(0);
  });

  it('ends early, without an error, when its signal fires or has fired', async () => {
    const clock = new ManualClock();
    const end = new AbortController();
    const wait = waitFor(clock, 100, end.signal);
    end.abort();
    await wait;
    await waitFor(clock, 100, end.signal);
    expect(clock.waiting).toBe(0);
  });
});

describe('the system clock', () => {
  it('does not fire at once for a delay beyond what timers can hold', async () => {
    let fired = false;
    const timer = systemClock.setTimer(2 ** 40, () => (fired = true));
    await new Promise((resolve) => setTimeout(resolve, 5));
    timer.cancel();
    expect(fired).toBe(false);
  });

  it('takes a negative delay for none', async () => {
    await new Promise<void>((resolve) => systemClock.setTimer(-5, resolve));
  });
});

describe('a manual clock', () => {
  it('runs timers in the order they are due, also those set on the way', () => {
    const clock = new ManualClock();
    const fired: string[] = [];
    clock.setTimer(20, () => fired.push(`b${clock.now()}`));
    clock.setTimer(10, () => {
      fired.push(`a${clock.now()}`);
      clock.setTimer(5, () => fired.push(`c${clock.now()}`));
    });
    clock.advance(30);
    expect([fired, clock.now()]).toEqual([['a10', 'c15', 'b20'], 30]);
  });

  it('sleeps past timers, which then run late', () => {
    const clock = new ManualClock();
    const fired: number[] = [];
    clock.setTimer(10, () => fired.push(clock.now()));
    clock.sleep(1000);
    expect(fired).toEqual([1000]);
  });

  it('tells wall time from its epoch', () => {
    const clock = new ManualClock(0);
    clock.advance(1500);
    expect(isoTime(clock)).toBe('1970-01-01T00:00:01.500Z');
  });
});
