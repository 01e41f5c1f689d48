import { estimateWaitMs, SpawnQueue } from '../../lib/spawner/spawn-queue.ts';
import { ManualClock } from '../../lib/testing/manual-clock.ts';

const NEVER = new AbortController().signal;

describe('the queue for ports', () => {
  it('serves in order, tells positions, and leaves no timer behind', async () => {
    const clock = new ManualClock();
    const queue = new SpawnQueue({ clock, max: 2, waitMs: 1000 });
    const [first, second] = [queue.wait(NEVER, false), queue.wait(NEVER, false)];
    await expect(queue.wait(NEVER, false)).rejects.toMatchObject({
      status: 503,
      message: 'No ports available',
    });
    clock.advance(10);
    expect(queue.list()).toEqual([
      { position: 1, waitedMs: 10, etaMs: null },
      { position: 2, waitedMs: 10, etaMs: null },
    ]);
    expect([queue.offer(7), await first]).toEqual([true, 7]);
    clock.advance(989);
    expect(queue.length).toBe(1);
    clock.advance(1);
    await expect(second).rejects.toMatchObject({ status: 503, message: 'Timed out in the queue' });
    expect([queue.offer(8), queue.length, clock.waiting]).toEqual([false, 0, 0]);
  });

  it('lets those in for whom a port is about to come free, and forgets those who go', async () => {
    const clock = new ManualClock();
    const queue = new SpawnQueue({ clock, max: 0, waitMs: 1000 });
    const gone = new AbortController();
    const turn = queue.wait(gone.signal, true);
    gone.abort();
    await expect(turn).rejects.toMatchObject({ status: 499 });
    await expect(queue.wait(gone.signal, true)).rejects.toMatchObject({ status: 499 });
    const last = queue.wait(NEVER, true);
    queue.refuseAll(() => new Error('over'));
    await expect(last).rejects.toThrow('over');
    expect([queue.length, clock.waiting]).toEqual([0, 0]);
  });

  it.each([
    [[], 100, 1, null],
    [[50], 100, 1, null],
    [[0, 10, 20], 20, 1, 10],
    [[0, 10, 20], 25, 3, 25],
    [[0, 10, 20], 90, 1, 0],
  ])('estimates from %j at %d for position %d: %s', (releases, now, position, ms) => {
    expect(estimateWaitMs(releases, now, position)).toBe(ms);
  });
});
