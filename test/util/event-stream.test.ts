import { EventStream } from '../../lib/util/event-stream.ts';

const take = async <T>(source: AsyncIterable<T>, count: number): Promise<T[]> => {
  const taken: T[] = [];
  for await (const value of source) if (taken.push(value) === count) break;
  return taken;
};

describe('a stream of events', () => {
  it('tells each event to every subscriber, in order, until it unsubscribes', () => {
    const stream = new EventStream<number>();
    const heard: string[] = [];
    const stop = stream.subscribe((event) => heard.push(`a${event}`));
    stream.subscribe((event) => heard.push(`b${event}`));
    stream.publish(1);
    stop();
    stop();
    stream.publish(2);
    expect(heard).toEqual(['a1', 'b1', 'b2']);
  });

  it('goes on to the others when one throws, and reports it', () => {
    const errors: unknown[] = [];
    const stream = new EventStream<number>((error) => errors.push(error));
    const heard: number[] = [];
    const failure = new Error('subscriber');
    stream.subscribe(() => {
      throw failure;
    });
    stream.subscribe((event) => heard.push(event));
    stream.publish(1);
    expect([heard, errors]).toEqual([[1], [failure]]);
  });

  it('remembers as many events as it is told to', () => {
    const stream = new EventStream<number>(undefined, { remember: 3 });
    for (let event = 1; event <= 5; event++) stream.publish(event);
    expect(stream.recent(2)).toEqual([4, 5]);
    expect(stream.recent(100)).toEqual([3, 4, 5]);
    expect([stream.recent(0), stream.recent(-1)]).toEqual([[], []]);
  });

  it('is iterated over by many loops, each at its own pace', async () => {
    const stream = new EventStream<number>();
    const fast = take(stream, 3);
    const slow = take(stream.follow(), 2);
    for (let event = 1; event <= 3; event++) stream.publish(event);
    expect(await Promise.all([fast, slow])).toEqual([
      [1, 2, 3],
      [1, 2],
    ]);
  });

  it('wakes a loop that waits', async () => {
    const stream = new EventStream<number>();
    const taken = take(stream, 2);
    await new Promise((resolve) => setImmediate(resolve));
    stream.publish(1);
    await new Promise((resolve) => setImmediate(resolve));
    stream.publish(2);
    expect(await taken).toEqual([1, 2]);
  });

  it('drops the oldest of what a slow loop has not taken, and counts it', async () => {
    const stream = new EventStream<number>(undefined, { maxQueued: 2 });
    const iterator = stream.follow();
    const first = iterator.next();
    stream.publish(0);
    await first;
    for (let event = 1; event <= 5; event++) stream.publish(event);
    expect([(await iterator.next()).value, (await iterator.next()).value]).toEqual([4, 5]);
    expect(stream.dropped).toBe(3);
    await iterator.return();
  });

  it('ends a loop when its signal fires, before or while it waits', async () => {
    const stream = new EventStream<number>();
    const end = new AbortController();
    const taken = take(stream.follow(end.signal), 10);
    stream.publish(1);
    await new Promise((resolve) => setImmediate(resolve));
    end.abort();
    expect(await taken).toEqual([1]);
    expect(await take(stream.follow(AbortSignal.abort()), 10)).toEqual([]);
  });

  it('is not kept busy by a loop that was left', async () => {
    const stream = new EventStream<number>(undefined, { maxQueued: 1 });
    const taken = take(stream, 1);
    stream.publish(1);
    await taken;
    for (let event = 0; event < 10; event++) stream.publish(event);
    expect(stream.dropped).toBe(0);
  });
});
