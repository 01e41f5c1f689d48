import { defineNotice, defineRequest } from '../../lib/ipc/descriptor.ts';
import type { ErrorLike } from '../../lib/ipc/error-like.ts';
import {
  manage,
  type ManageOptions,
  type MessageHandlers,
  PromisifiedIPCManager,
} from '../../lib/ipc/promisified-ipc-manager.ts';
import { ManualClock } from '../../lib/testing/manual-clock.ts';
import { createPair, deliverAll, turn } from './channel-pair.ts';

interface Setup {
  readonly handlers?: MessageHandlers;
  readonly options?: ManageOptions;
}

function setUp({ handlers = {}, options = {} }: Setup = {}) {
  const [near, far] = createPair();
  const clock = new ManualClock();
  const manager = manage(near, {}, { clock, ...options });
  const peer = manage(far, handlers, { clock });
  return { near, far, clock, manager, peer, deliver: () => deliverAll(near, far) };
}

async function settled<T>(promise: Promise<T>, deliver: () => Promise<void>): Promise<T> {
  await deliver();
  return promise;
}

describe('PromisifiedIPCManager.emit', () => {
  it('resolves with the results of all handlers in order of registration', async () => {
    const handlers = {
      sum: [
        async ([a, b]: number[]) => Promise.resolve(a! + b!),
        ([a, b]: number[]) => a! * b!,
        async () => 'last',
      ],
    };
    const { manager, deliver } = setUp({ handlers });
    expect(await settled(manager.emit('sum', [3, 4]), deliver)).toEqual({
      results: [7, 12, 'last'],
    });
  });

  it('resolves with no results when the name has no handler', async () => {
    const { manager, deliver } = setUp();
    expect(await settled(manager.emit('nobody'), deliver)).toEqual({ results: [] });
  });

  it('runs the handlers behind a failing one and tells the first failure in order of registration', async () => {
    const ran: string[] = [];
    const handlers = {
      work: [
        () => void ran.push('first'),
        async () => {
          await turn();
          ran.push('second');
          throw Object.assign(new RangeError('late but first'), {
            code: 'E_FIRST',
            cause: new Error('why'),
          });
        },
        () => {
          ran.push('third');
          throw new Error('early but second');
        },
        () => void ran.push('fourth'),
      ],
    };
    const { manager, deliver } = setUp({ handlers });
    const { error } = await settled(manager.emit('work'), deliver);
    expect(ran).toEqual(['first', 'third', 'fourth', 'second']);
    expect(error).toMatchObject({
      name: 'RangeError',
      message: 'late but first',
      code: 'E_FIRST',
      cause: { name: 'Error', message: 'why' },
    });
    expect(error?.stack).toContain('late but first');
  });

  it('resolves with ERR_IPC_TIMEOUT at the deadline and ignores the answer that comes later', async () => {
    const { manager, clock, near, deliver } = setUp({ handlers: { slow: () => 'too late' } });
    const response = manager.emit('slow', undefined, { timeoutMs: 250 });
    clock.advance(249);
    expect(manager.pendingCount).toBe(1);
    clock.advance(1);
    expect((await response).error).toMatchObject({ code: 'ERR_IPC_TIMEOUT' });
    await deliver();
    expect(manager.pendingCount).toBe(0);
    expect(manager.ignoredMessages).toBe(0);
    expect(near.connected).toBe(true);
  });

  it('waits 30 s unless told otherwise', async () => {
    const { manager, clock } = setUp();
    const response = manager.emit('never delivered');
    clock.advance(29_999);
    expect(manager.pendingCount).toBe(1);
    clock.advance(1);
    expect((await response).error?.code).toBe('ERR_IPC_TIMEOUT');
  });

  it('keeps each of many deadlines, whatever order they come in', async () => {
    const { manager, clock } = setUp();
    const due = [400, 90, 1000, 120, 90, 5000];
    const done: number[] = [];
    for (const timeoutMs of due)
      void manager.emit('x', 0, { timeoutMs }).then(() => done.push(timeoutMs));
    for (let ms = 0; ms <= 5000; ms += 10) {
      clock.advance(10);
      await turn();
      expect(done.toSorted((a, b) => a - b)).toEqual(
        due.filter((at) => at <= ms + 10).sort((a, b) => a - b),
      );
    }
    expect(clock.waiting).toBe(0);
  });

  it('resolves with ERR_IPC_ABORTED when the signal fires, and at once when it has fired before', async () => {
    const { manager, near } = setUp();
    const abort = new AbortController();
    const response = manager.emit('x', 0, { signal: abort.signal });
    abort.abort(new Error('changed my mind'));
    expect((await response).error).toMatchObject({
      code: 'ERR_IPC_ABORTED',
      cause: { message: 'changed my mind' },
    });
    const sent = near.waitingCount;
    expect((await manager.emit('x', 0, { signal: abort.signal })).error?.code).toBe(
      'ERR_IPC_ABORTED',
    );
    await turn();
    expect(near.waitingCount).toBe(sent);
  });

  it('puts one listener on a signal that many requests share', async () => {
    const { manager } = setUp();
    const abort = new AbortController();
    const add = jest.spyOn(abort.signal, 'addEventListener');
    const remove = jest.spyOn(abort.signal, 'removeEventListener');
    const responses = Array.from({ length: 100 }, () =>
      manager.emit('x', 0, { signal: abort.signal }),
    );
    expect(add).toHaveBeenCalledTimes(1);
    abort.abort();
    for (const { error } of await Promise.all(responses))
      expect(error?.code).toBe('ERR_IPC_ABORTED');
    expect(remove).toHaveBeenCalledTimes(1);
  });

  it('resolves with ERR_IPC_CLOSED when the peer dies, and from then on', async () => {
    const { manager, near, clock } = setUp();
    const response = manager.emit('x', 0, { timeoutMs: Infinity });
    near.close();
    expect((await response).error).toMatchObject({
      code: 'ERR_IPC_CLOSED',
      message: expect.stringContaining('the other end'),
    });
    expect((await manager.emit('x')).error?.code).toBe('ERR_IPC_CLOSED');
    expect(manager.connected).toBe(false);
    expect(manager.queued).toEqual({ count: 0, bytes: 0 });
    expect(clock.waiting).toBe(0);
  });

  it('resolves with ERR_IPC_SEND when the channel refuses the message, and sends the others of that tick', async () => {
    const { manager, near, deliver } = setUp({ handlers: { echo: (args: unknown) => args } });
    near.refuses = (text) => text.includes('unlucky');
    const responses = ['first', 'second', 'unlucky', 'third'].map((text) =>
      manager.emit('echo', text),
    );
    await deliver();
    expect(
      (await Promise.all(responses)).map((response) => response.error?.code ?? response.results),
    ).toEqual([['first'], ['second'], 'ERR_IPC_SEND', ['third']]);
  });

  it('sends what was said behind a message that the channel refused', async () => {
    const { manager, near, deliver } = setUp({ handlers: { echo: (args: unknown) => args } });
    near.refuses = (text) => text.includes('unlucky');
    const first = manager.emit('echo', 'first');
    // Too large to share a batch.
    const unlucky = manager.emit('echo', 'unlucky'.repeat(20_000));
    const last = manager.emit('echo', 'last');
    await deliver();
    expect((await unlucky).error?.code).toBe('ERR_IPC_SEND');
    expect([await first, await last]).toEqual([{ results: ['first'] }, { results: ['last'] }]);
  });

  it('leaves no timer behind once a slow answer has come', async () => {
    const { manager, clock, peer, deliver } = setUp();
    let finish: () => void = () => undefined;
    peer.on('slow', () => new Promise<void>((resolve) => (finish = resolve)));
    const response = manager.emit('slow');
    await deliver();
    clock.advance(1000);
    expect(clock.waiting).toBe(1);
    finish();
    await settled(response, deliver);
    expect(clock.waiting).toBe(0);
  });

  it('resolves with ERR_IPC_SEND when more would wait than the queue may hold', async () => {
    const { manager } = setUp({ options: { maxQueuedBytes: 5_000 } });
    void manager.emit('x', 'a'.repeat(4_000));
    const { error } = await manager.emit('x', 'b'.repeat(4_000));
    expect(error).toMatchObject({
      code: 'ERR_IPC_SEND',
      message: expect.stringContaining('5000 bytes'),
    });
    manager.destroy();
  });

  it.each<[string, unknown[], string]>([
    ['an empty name', [''], 'ERR_ARGUMENT'],
    ['a name that is no string', [{}], 'ERR_ARGUMENT'],
    ['a name of 257 characters', ['x'.repeat(257)], 'ERR_ARGUMENT'],
    ['a negative timeout', ['x', 0, { timeoutMs: -1 }], 'ERR_ARGUMENT'],
    ['a timeout of 0', ['x', 0, { timeoutMs: 0 }], 'ERR_ARGUMENT'],
    ['a timeout that is NaN', ['x', 0, { timeoutMs: NaN }], 'ERR_ARGUMENT'],
    ['a timeout in words', ['x', 0, { timeoutMs: '5' }], 'ERR_ARGUMENT'],
    ['a function', ['x', { callback: () => 1 }], 'ERR_IPC_VALUE'],
    ['a symbol', ['x', [Symbol('s')]], 'ERR_IPC_VALUE'],
    ['a promise', ['x', Promise.resolve()], 'ERR_IPC_VALUE'],
    [
      'a getter that throws',
      [
        'x',
        Object.defineProperty({}, 'a', {
          enumerable: true,
          get: () => {
            throw new Error('no');
          },
        }),
      ],
      'ERR_IPC_VALUE',
    ],
  ])('rejects %s', async (_what, args, code) => {
    const { manager, near } = setUp();
    const emit = manager.emit.bind(manager) as (...args: unknown[]) => Promise<unknown>;
    await expect(emit(...args)).rejects.toMatchObject({ code });
    expect(manager.pendingCount).toBe(0);
    await turn();
    expect(near.waitingCount).toBe(0);
  });

  it('resolves with ERR_IPC_VALUE when a handler answers with what cannot be sent', async () => {
    const { manager, deliver } = setUp({ handlers: { bad: () => () => 'a function' } });
    expect((await settled(manager.emit('bad'), deliver)).error?.code).toBe('ERR_IPC_VALUE');
  });

  it('takes typed descriptors in place of names', async () => {
    const area = defineRequest<{ width: number; height: number }, number>('area');
    const hello = defineNotice<string>('hello');
    const { manager, peer, deliver } = setUp();
    const heard: string[] = [];
    peer.on(area, ({ width, height }) => width * height).on(hello, (name) => void heard.push(name));
    manager.notify(hello, 'you');
    const { results } = await settled(manager.emit(area, { width: 2, height: 3 }), deliver);
    const first: number | undefined = results?.[0];
    expect(first).toBe(6);
    expect(heard).toEqual(['you']);
  });
});

describe('PromisifiedIPCManager.notify', () => {
  it('reaches every handler and reports that it was written', async () => {
    const heard: unknown[] = [];
    const { manager, deliver } = setUp({
      handlers: { note: [(a: unknown) => heard.push(a), (a: unknown) => heard.push(a)] },
    });
    const sent: (ErrorLike | null)[] = [];
    manager.notify('note', new Map([[1, 'one']]), { onSent: (error) => sent.push(error) });
    await deliver();
    expect(heard).toEqual([new Map([[1, 'one']]), new Map([[1, 'one']])]);
    expect(sent).toEqual([null]);
  });

  it('reports ERR_IPC_CLOSED for what was not written before the peer died', async () => {
    const { manager, near } = setUp();
    const sent: (string | number | undefined)[] = [];
    const report = { onSent: (error: ErrorLike | null): void => void sent.push(error?.code) };
    for (let i = 0; i < 3; i++) manager.notify('note', i, report);
    near.close();
    manager.notify('note', 3, report);
    await turn();
    expect(sent).toEqual(Array(4).fill('ERR_IPC_CLOSED'));
  });

  it('throws for a value that cannot be sent', () => {
    const { manager } = setUp();
    expect(() => manager.notify('note', () => 1)).toThrow(
      expect.objectContaining({ code: 'ERR_IPC_VALUE' }),
    );
  });

  it('reports a failing handler where the notice arrived', async () => {
    const failures: [string, string][] = [];
    const {
      manager: peer,
      near,
      far,
      peer: manager,
    } = setUp({
      options: { onNoticeFailed: (name, error) => failures.push([name, error.message]) },
    });
    peer.on('note', () => {
      throw new Error('not today');
    });
    manager.notify('note');
    await deliverAll(near, far);
    expect(failures).toEqual([['note', 'not today']]);
  });
});

describe('PromisifiedIPCManager handlers', () => {
  it('are removed one by one, by name, and all of several names', async () => {
    const { manager, peer, deliver } = setUp();
    const one = (): number => 1;
    peer
      .on('a', one)
      .on('a', () => 2)
      .on('b', one)
      .on('c', one);
    peer.off('a', one).off('a', () => 'unknown');
    expect(await settled(manager.emit('a'), deliver)).toEqual({ results: [2] });
    peer.clearMessageListeners('a', 'b', 'unknown');
    expect(await settled(manager.emit('a'), deliver)).toEqual({ results: [] });
    expect(await settled(manager.emit('b'), deliver)).toEqual({ results: [] });
    expect(await settled(manager.emit('c'), deliver)).toEqual({ results: [1] });
  });

  it('may bear the names of what every object has', async () => {
    const { manager, peer, deliver } = setUp();
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      expect(await settled(manager.emit(name), deliver)).toEqual({ results: [] });
      peer.on(name, () => name);
      expect(await settled(manager.emit(name), deliver)).toEqual({ results: [name] });
    }
  });

  it('that are no functions are refused before the channel is touched', () => {
    const [near] = createPair();
    expect(() => manage(near, { a: 'no' as never })).toThrow(
      expect.objectContaining({ code: 'ERR_ARGUMENT' }),
    );
    expect(near.listenerCount).toBe(0);
    manage(near).destroy();
  });

  it('are counted while they run', async () => {
    let finish: (value: string) => void = () => undefined;
    const { manager, peer, deliver } = setUp({
      handlers: { slow: () => new Promise((resolve) => (finish = resolve)) },
    });
    const response = manager.emit('slow');
    await deliver();
    expect(peer.answeringCount).toBe(1);
    finish('done');
    expect(await settled(response, deliver)).toEqual({ results: ['done'] });
    expect(peer.answeringCount).toBe(0);
  });
});

describe('PromisifiedIPCManager.destroy', () => {
  it('settles what is pending, removes every listener and refuses what comes after', async () => {
    const before = process.listenerCount('exit');
    const { manager, peer, near, clock } = setUp();
    const response = manager.emit('x');
    manager.destroy();
    manager.destroy();
    expect((await response).error?.code).toBe('ERR_IPC_DESTROYED');
    expect((await manager.emit('x')).error?.code).toBe('ERR_IPC_DESTROYED');
    expect(near.listenerCount).toBe(0);
    expect(clock.waiting).toBe(0);
    peer.destroy();
    expect(process.listenerCount('exit')).toBe(before);
  });

  it('still sends what was said before', async () => {
    const heard: unknown[] = [];
    const { manager, near, far } = setUp({ handlers: { note: (a: unknown) => heard.push(a) } });
    for (let i = 0; i < 100; i++) manager.notify('note', i);
    manager.destroy();
    await deliverAll(near, far);
    expect(heard).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  it('drops the answers of handlers that end later', async () => {
    let finish: () => void = () => undefined;
    const { manager, peer, far, deliver } = setUp({
      handlers: { slow: () => new Promise<void>((resolve) => (finish = resolve)) },
    });
    void manager.emit('slow');
    await deliver();
    peer.destroy();
    finish();
    await turn();
    expect(far.waitingCount).toBe(0);
  });

  it('lets the channel have a new manager, which late answers of the first do not reach', async () => {
    const { manager, near, far } = setUp({ handlers: { echo: (args: unknown) => args } });
    expect(() => manage(near)).toThrow(expect.objectContaining({ code: 'ERR_IPC_MANAGED' }));
    void manager.emit('echo', 'old');
    manager.destroy();
    const next = PromisifiedIPCManager.manage(near);
    const response = next.emit('echo', 'new');
    await deliverAll(near, far);
    expect(await response).toEqual({ results: ['new'] });
    next.destroy();
  });
});

describe('PromisifiedIPCManager', () => {
  it('leaves messages of others alone and counts them', async () => {
    const { manager, near, far, deliver } = setUp({ handlers: { echo: (args: unknown) => args } });
    const foreign: unknown[] = [
      null,
      1,
      'text',
      {},
      [],
      [1],
      ['@vigil/2', 0, 1, 'echo', 1],
      ['@vigil/1'],
      ['@vigil/1', 0],
      ['@vigil/1', 99, 1],
      ['@vigil/1', 0, 'id', 'echo'],
      ['@vigil/1', 0, 1, ''],
      ['@vigil/1', 5, 7, null, [0, 1]],
      ['@vigil/1', 1, 1, [[0], ['?']], 1],
      { cmd: 'NODE_HANDLE' },
      JSON.parse('{"__proto__": {"id": 1}}'),
    ];
    for (const message of foreign) near.receive(message);
    for (const message of foreign) far.receive(message);
    // Three of the messages are made of several parts, of which each is judged by itself.
    expect(manager.ignoredMessages).toBe(foreign.length + 2);
    expect(await settled(manager.emit('echo', 'still here'), deliver)).toEqual({
      results: ['still here'],
    });
  });

  it('sends the messages of one tick together', async () => {
    const { manager, near, deliver } = setUp({ handlers: { echo: (args: unknown) => args } });
    const rounds = [20, 20, 20];
    const envelopes: number[] = [];
    for (const count of rounds) {
      const responses = Array.from({ length: count }, (_, i) => manager.emit('echo', i));
      let sent = 0;
      await turn();
      while (near.waitingCount > 0) {
        sent += near.waitingCount;
        near.deliver();
        await turn();
      }
      envelopes.push(sent);
      await deliver();
      await Promise.all(responses);
    }
    // The first round does not know yet that more will follow: its first message leaves alone.
    expect(envelopes).toEqual([2, 1, 1]);
  });

  it('shows what waits to be written, and tells when nothing does', async () => {
    const { manager, deliver } = setUp();
    let isFlushed = false;
    for (let i = 0; i < 50; i++) manager.notify('note', 'x'.repeat(1000));
    expect(manager.queued.count).toBe(50);
    expect(manager.queued.bytes).toBeGreaterThan(50_000);
    const flushed = manager.whenFlushed().then(() => (isFlushed = true));
    await turn();
    expect(isFlushed).toBe(false);
    await deliver();
    await flushed;
    expect(manager.queued).toEqual({ count: 0, bytes: 0 });
  });

  it('keeps the process alive for a pending request unless told not to', () => {
    const unref = jest.fn();
    const clock = {
      now: () => 0,
      wallTime: () => 0,
      setTimer: () => ({ cancel: () => undefined, unref }),
    };
    const [near, far] = createPair();
    void manage(near, {}, { clock }).emit('x');
    expect(unref).not.toHaveBeenCalled();
    void manage(far, {}, { clock, keepAlive: false }).emit('x');
    expect(unref).toHaveBeenCalled();
  });
});
