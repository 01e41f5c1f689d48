import fc from 'fast-check';
import { PortPool } from '../../lib/spawner/port-pool.ts';

describe('the pool of ports', () => {
  it('hands out each port to one at a time, and loses none', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('take' as const) }),
      fc.record({ kind: fc.constant('release' as const), at: fc.nat(10) }),
      fc.record({ kind: fc.constant('stranger' as const), at: fc.nat(4) }),
      fc.record({ kind: fc.constant('claim' as const), at: fc.nat(6) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const strangers = new Set<number>();
        const pool = new PortPool([1, 2, 3, 4, 5], (port) => Promise.resolve(!strangers.has(port)));
        const held = new Set<number>();
        for (const now of steps) {
          if (now.kind === 'take') {
            const port = await pool.take();
            const isThere = [1, 2, 3, 4, 5].some((each) => !held.has(each) && !strangers.has(each));
            expect(port !== null).toBe(isThere);
            if (port === null) continue;
            expect(held.has(port) || strangers.has(port)).toBe(false);
            held.add(port);
          } else if (now.kind === 'release') {
            pool.release(now.at);
            held.delete(now.at);
          } else if (now.kind === 'claim') {
            const isFree = now.at >= 1 && now.at <= 5 && !held.has(now.at);
            expect(pool.claim(now.at)).toBe(isFree);
            if (isFree) held.add(now.at);
          } else if (strangers.has(now.at + 1)) strangers.delete(now.at + 1);
          else strangers.add(now.at + 1);
          expect([pool.takenCount, pool.freeCount]).toEqual([held.size, 5 - held.size]);
        }
      }),
    );
  });

  it('hands out a port once though many ask at the same moment', async () => {
    const pool = new PortPool(
      [1, 2, 3],
      () => new Promise((resolve) => setImmediate(resolve, true)),
    );
    const taken = await Promise.all(Array.from({ length: 10 }, () => pool.take()));
    expect(taken.filter((port) => port !== null).sort()).toEqual([1, 2, 3]);
  });

  it('hands out last what was given back last', async () => {
    const pool = new PortPool([1, 2, 3], () => Promise.resolve(true));
    expect(await pool.take()).toBe(1);
    pool.release(1);
    expect([await pool.take(), await pool.take(), await pool.take()]).toEqual([2, 3, 1]);
  });
});
