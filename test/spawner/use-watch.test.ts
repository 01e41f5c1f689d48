import { UseWatch } from '../../lib/spawner/use-watch.ts';
import { ManualClock } from '../../lib/testing/manual-clock.ts';

function start(limits: { initialUseMs?: number; idleMs?: number }) {
  const clock = new ManualClock();
  const over: string[] = [];
  const watch = new UseWatch({
    initialUseMs: null,
    idleMs: null,
    maxLifetimeMs: null,
    ...limits,
    clock,
    onOver: (reason) => over.push(reason),
  });
  watch.begin();
  return { clock, watch, over };
}

describe('UseWatch', () => {
  it('counts what goes through a connection as use, and its silence as none', () => {
    const { clock, watch, over } = start({ idleMs: 10_000 });
    let bytes = 0;
    const leave = watch.follow(() => bytes);
    for (let second = 0; second < 60; second += 1) {
      bytes += 1;
      clock.advance(1000);
    }
    expect(over).toEqual([]);
    clock.advance(9_999);
    expect(over).toEqual([]);
    clock.advance(1);
    expect(over).toEqual(['idle for 10 s']);
    leave();
  });

  it('sees what has gone through since its last look when the time is up', () => {
    const { clock, watch, over } = start({ idleMs: 10_000 });
    let bytes = 0;
    watch.follow(() => bytes);
    clock.advance(9_999);
    bytes += 1;
    clock.advance(1);
    expect(over).toEqual([]);
    clock.advance(10_000);
    expect(over).toEqual(['idle for 10 s']);
  });

  it('counts a connection as the first use, and its end as use', () => {
    const { clock, watch, over } = start({ initialUseMs: 1000, idleMs: 10_000 });
    clock.advance(999);
    const leave = watch.follow(() => 0);
    clock.advance(9_999);
    leave();
    clock.advance(9_999);
    expect(over).toEqual([]);
    clock.advance(1);
    expect(over).toEqual(['idle for 10 s']);
  });

  it('looks as long as there are connections, and not at all where no use is asked for', () => {
    const { clock, watch } = start({ idleMs: 10_000 });
    const [first, second] = [watch.follow(() => 0), watch.follow(() => 0)];
    expect(clock.waiting).toBe(2);
    first();
    expect(clock.waiting).toBe(2);
    second();
    expect(clock.waiting).toBe(1);
    watch.follow(() => 0);
    watch.end();
    expect(clock.waiting).toBe(0);
    const careless = start({});
    careless.watch.follow(() => 0);
    expect(careless.clock.waiting).toBe(0);
  });
});
