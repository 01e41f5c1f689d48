import { createDeferred } from '../../lib/util/deferred.ts';

describe('a deferred', () => {
  it('settles once', async () => {
    const kept = createDeferred<number>();
    kept.resolve(1);
    kept.resolve(2);
    kept.reject(new Error('late'));
    await expect(kept.promise).resolves.toBe(1);
    const broken = createDeferred();
    broken.reject(new Error('broken'));
    await expect(broken.promise).rejects.toThrow('broken');
  });
});
