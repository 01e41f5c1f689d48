import type { Projection } from '../../lib/subscription/projection.ts';
import type { BatchOptions, BatchSink } from '../../lib/subscription/subscription.ts';
import {
  SubscriptionEngine,
  type SubscriptionConfig,
} from '../../lib/subscription/subscription-engine.ts';
import { ManualClock } from '../../lib/util/manual-clock.ts';

interface Reading {
  readonly name: string;
  readonly value: number;
}

const BATCHES: BatchOptions = {
  batchSize: 3,
  maxWaitMs: 1000,
  keepAlive: false,
  maxItems: 5,
  maxLength: 1000,
};

class Listener implements BatchSink {
  readonly texts: string[] = [];
  ready = true;

  isReady(): boolean {
    return this.ready;
  }

  send(text: Uint8Array): void {
    this.texts.push(String(text));
  }

  get batches(): { msg: string; data: unknown[] }[] {
    return this.texts.map((text) => JSON.parse(text));
  }
}

let clock: ManualClock;
let engine: SubscriptionEngine<Reading>;
let errors: unknown[];

beforeEach(() => {
  clock = new ManualClock();
  errors = [];
  engine = new SubscriptionEngine({ clock, onError: (error) => errors.push(error) });
});

describe('SubscriptionEngine', () => {
  it('sends a batch when it is full, in the order of the events', () => {
    const listener = subscribe(wantAll());
    publish(1, 2, 3, 4);
    expect(listener.texts).toEqual(['{"type":"data","msg":"","data":[1,2,3]}']);
  });

  it('sends a batch that is not full when its time has come, counted from its first item', () => {
    const listener = subscribe(wantAll());
    clock.advance(5000);
    publish(1);
    clock.advance(999);
    expect(listener.texts).toEqual([]);
    publish(2);
    clock.advance(1);
    expect(listener.batches.map(({ data }) => data)).toEqual([[1, 2]]);
    clock.advance(5000);
    expect(listener.texts).toHaveLength(1);
  });

  it('sends empty batches to a subscriber that wants a sign of life, one a period', () => {
    const listener = subscribe(wantAll(), { keepAlive: true });
    clock.advance(1000);
    publish(1);
    clock.advance(1000);
    clock.advance(1000);
    expect(listener.batches.map(({ data }) => data)).toEqual([[], [1], []]);
  });

  it('projects an event once for all subscribers of one configuration, whatever their batches', () => {
    let projected = 0;
    const config = (): SubscriptionConfig<Reading> => ({
      ...wantAll(),
      project: ({ value }) => {
        projected += 1;
        return { text: String(value) };
      },
    });
    const listeners = [1, 2, 3].map((batchSize) => subscribe(config(), { batchSize }));
    publish(1, 2, 3);
    expect(projected).toBe(3);
    expect(listeners.map(({ batches }) => batches.flatMap(({ data }) => data))).toEqual([
      [1, 2, 3],
      [1, 2],
      [1, 2, 3],
    ]);
    expect(engine.load).toEqual([
      {
        key: 'all',
        projections: 3,
        clients: [
          { queued: 0, dropped: 0 },
          { queued: 1, dropped: 0 },
          { queued: 0, dropped: 0 },
        ],
      },
    ]);
  });

  it('writes a batch once for all who are in step, whenever they came', () => {
    const sent: Uint8Array[] = [];
    const join = (): void => {
      const { listener } = subscribe(wantAll());
      listener.send = (bytes) => sent.push(bytes);
    };
    join();
    join();
    publish(1, 2, 3);
    join();
    publish(4, 5, 6);
    expect(sent).toHaveLength(5);
    expect(new Set(sent.map(String))).toEqual(
      new Set(['[1,2,3]', '[4,5,6]'].map((data) => `{"type":"data","msg":"","data":${data}}`)),
    );
    expect(new Set(sent).size).toBe(2);
  });

  it('loses nothing where many items have been let go meanwhile', () => {
    const quick = subscribe(wantAll(), { batchSize: 1, maxItems: 100_000, maxLength: 1e9 });
    const late = subscribe(wantAll(), { batchSize: 100_000, maxItems: 100_000, maxLength: 1e9 });
    for (let value = 0; value < 5000; value += 1) publish(value);
    late.unsubscribe();
    for (let value = 0; value < 20_000; value += 1) publish(value);
    const last = subscribe(wantAll(), { batchSize: 2, maxItems: 100_000, maxLength: 1e9 });
    publish(1, 2);
    expect(last.batches.map(({ data }) => data)).toEqual([[1, 2]]);
    expect(quick.texts).toHaveLength(25_002);
  });

  it('asks only the configurations that named the event, each once', () => {
    const asked: string[] = [];
    const config = (key: string, names: string[]): SubscriptionConfig<Reading> => ({
      key,
      names,
      project: ({ name }) => {
        asked.push(`${key} ${name}`);
        return null;
      },
    });
    subscribe(config('heat', ['heat', 'heat']));
    subscribe(config('both', ['heat', 'cold']));
    engine.publish('cold', { name: 'cold', value: 1 });
    engine.publish('heat', { name: 'heat', value: 1 });
    engine.publish('rain', { name: 'rain', value: 1 });
    expect(asked).toEqual(['both cold', 'heat heat', 'both heat']);
    expect([engine.isWanted('cold'), engine.isWanted('rain')]).toEqual([true, false]);
  });

  it('drops the oldest of a subscriber that takes nothing, says how many, and spares the others', () => {
    const slow = subscribe(wantAll());
    const quick = subscribe(wantAll(), { batchSize: 1 });
    slow.listener.ready = false;
    publish(1, 2, 3, 4, 5, 6, 7, 8);
    expect(quick.batches.map(({ data }) => data[0])).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(engine.load[0]?.clients[0]).toEqual({ queued: 5, dropped: 3 });
    slow.listener.ready = true;
    slow.subscription.resume();
    clock.advance(1000);
    expect(slow.batches).toEqual([
      { type: 'data', msg: 'dropped 3', data: [4, 5, 6] },
      { type: 'data', msg: '', data: [7, 8] },
    ]);
  });

  it('sends what waits before it would have to drop it for its length, and lets one long item through', () => {
    const long = (value: number): Projection => ({ text: String(value).repeat(10) });
    const config = { ...wantAll(), project: ({ value }: Reading) => long(value) };
    const listener = subscribe(config, { maxLength: 25, batchSize: 100 });
    publish(1, 2, 3);
    clock.advance(1000);
    expect(listener.batches).toEqual([
      { type: 'data', msg: '', data: [1111111111, 2222222222] },
      { type: 'data', msg: '', data: [3333333333] },
    ]);
    listener.listener.ready = false;
    publish(1, 2, 3);
    clock.advance(1000);
    listener.listener.ready = true;
    listener.subscription.resume();
    expect(listener.batches.at(-1)).toEqual({
      type: 'data',
      msg: 'dropped 1',
      data: [2222222222, 3333333333],
    });
    const narrow = subscribe({ ...config, key: 'narrow' }, { maxLength: 5 });
    publish(7);
    clock.advance(1000);
    expect(narrow.batches.map(({ data }) => data)).toEqual([[7777777777]]);
  });

  it('sends a subscriber that takes again what waits before any of it is dropped', () => {
    const { listener, subscription } = subscribe(wantAll(), { batchSize: 100 });
    listener.ready = false;
    publish(1, 2, 3, 4, 5, 6, 7);
    listener.ready = true;
    subscription.resume();
    publish(8, 9, 10, 11, 12, 13, 14);
    clock.advance(1000);
    expect(listener.batches.map(({ msg }) => msg)).toEqual(['dropped 2', '', '']);
    expect(listener.batches.flatMap(({ data }) => data)).toEqual([
      3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
    ]);
  });

  it('lets a subscriber go that is too slow, if it is to be so', () => {
    let wasTold = 0;
    const listener = subscribe(wantAll(), { onTooSlow: () => (wasTold += 1) });
    listener.listener.ready = false;
    publish(1, 2, 3, 4, 5, 6, 7);
    listener.listener.ready = true;
    listener.subscription.resume();
    clock.advance(10_000);
    expect(wasTold).toBe(1);
    expect(listener.texts).toEqual([]);
    expect(clock.waiting).toBe(0);
  });

  it('keeps only the newest of those with one key', () => {
    const project = ({ name, value }: Reading): Projection =>
      name === 'state' ? { text: String(value), conflateKey: 'state' } : { text: String(value) };
    const listener = subscribe(
      { key: 'all', names: null, project },
      { batchSize: 100, conflate: ({ conflateKey }) => conflateKey },
    );
    engine.publish('state', { name: 'state', value: 1 });
    engine.publish('heat', { name: 'heat', value: 2 });
    engine.publish('state', { name: 'state', value: 3 });
    clock.advance(1000);
    expect(listener.batches).toEqual([{ type: 'data', msg: '', data: [2, 3] }]);
  });

  it('survives a projection and a sink that throw, and tells of them', () => {
    const listener = subscribe(wantAll(), { batchSize: 1 });
    subscribe({
      key: 'bad',
      names: null,
      project: () => {
        throw new Error('cannot project');
      },
    });
    const broken = subscribe(wantAll(), { batchSize: 1 });
    broken.listener.send = () => {
      throw new Error('cannot send');
    };
    publish(1);
    expect(listener.batches.map(({ data }) => data)).toEqual([[1]]);
    expect(errors.map((error) => (error as Error).message)).toEqual([
      'cannot send',
      'cannot project',
    ]);
  });

  it('forgets a configuration with its last subscriber, also in the middle of an event', () => {
    const first = subscribe(wantAll(), { batchSize: 1 });
    const second = subscribe(wantAll(), { batchSize: 1 });
    first.listener.send = (text) => {
      first.texts.push(String(text));
      first.unsubscribe();
    };
    publish(1, 2);
    expect([first.texts.length, second.texts.length, engine.size]).toEqual([1, 2, 1]);
    second.unsubscribe();
    second.unsubscribe();
    expect(engine.load).toEqual([]);
    expect(engine.isWanted('heat')).toBe(false);
    expect(clock.waiting).toBe(0);
  });

  it('sends what waits when it finishes, and nothing after it', () => {
    const listener = subscribe(wantAll(), { keepAlive: true });
    publish(1, 2, 3, 4);
    engine.finish();
    publish(5, 6, 7);
    clock.advance(10_000);
    expect(listener.batches.map(({ data }) => data)).toEqual([[1, 2, 3], [4]]);
    expect(clock.waiting).toBe(0);
  });
});

function wantAll(): SubscriptionConfig<Reading> {
  return { key: 'all', names: null, project: ({ value }) => ({ text: String(value) }) };
}

function publish(...values: number[]): void {
  for (const value of values) engine.publish('heat', { name: 'heat', value });
}

function subscribe(config: SubscriptionConfig<Reading>, options: Partial<BatchOptions> = {}) {
  const listener = new Listener();
  const held = engine.subscribe(config, listener, { ...BATCHES, ...options });
  return {
    listener,
    ...held,
    texts: listener.texts,
    get batches() {
      return listener.batches;
    },
  };
}
