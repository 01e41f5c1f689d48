import { HookList } from '../../lib/util/hook-list.ts';

describe('a list of hooks', () => {
  it('calls all, and reports those that fail, at once or later', async () => {
    const errors: unknown[] = [];
    const hooks = new HookList<number>((error) => errors.push(error));
    const heard: number[] = [];
    const [atOnce, later] = [new Error('at once'), new Error('later')];
    hooks.add(() => {
      throw atOnce;
    });
    hooks.add(async () => {
      throw later;
    });
    hooks.add((value) => heard.push(value));
    hooks.call(7);
    await new Promise((resolve) => setImmediate(resolve));
    expect([heard, errors]).toEqual([[7], [atOnce, later]]);
  });
});
