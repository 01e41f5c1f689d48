import { FairWindow } from '../../../lib/jobs/gateway/fair-window.ts';
import { createDeferred } from '../../../lib/util/deferred.ts';

function arrange(size: number) {
  const window = new FairWindow<string>(size);
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const run = (client: string, weight = 1): Promise<void> =>
    window.run(client, weight, () => {
      begun.push(client);
      const { promise, resolve } = createDeferred();
      ends.push(resolve);
      return promise;
    });
  const endNext = async (): Promise<void> => {
    ends.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { window, begun, run, endNext };
}

describe('FairWindow', () => {
  it('runs as many at a time as it is wide, and the next when one has ended', async () => {
    const { window, begun, run, endNext } = arrange(2);
    const all = ['a', 'a', 'a'].map((client) => run(client));
    expect([begun.length, window.running, window.waiting]).toEqual([2, 2, 1]);
    await endNext();
    expect([begun.length, window.running, window.waiting]).toEqual([3, 2, 0]);
    await endNext();
    await endNext();
    await Promise.all(all);
    expect([window.running, window.waiting]).toEqual([0, 0]);
  });

  it('does not let one that came with many stand before one that came with one', async () => {
    const { begun, run, endNext } = arrange(1);
    for (let n = 0; n < 10; n += 1) void run('greedy');
    void run('modest');
    for (let n = 0; n < 3; n += 1) await endNext();
    expect(begun.slice(0, 4)).toContain('modest');
  });

  it('gives turns by weight', async () => {
    const { begun, run, endNext } = arrange(1);
    for (let n = 0; n < 40; n += 1)
      for (const client of ['a', 'b']) void run(client, client === 'a' ? 3 : 1);
    for (let n = 0; n < 21; n += 1) await endNext();
    const turns = begun.slice(1, 21).filter((client) => client === 'a').length;
    expect(turns).toBe(15);
  });

  it('goes on after one that failed', async () => {
    const window = new FairWindow<string>(1);
    const failed = window.run('a', 1, () => Promise.reject(new Error('away')));
    const next = window.run('b', 1, () => Promise.resolve());
    await Promise.all([failed, next]);
    expect([window.running, window.waiting]).toEqual([0, 0]);
  });
});
