import { createSession } from '../../../lib/jobs/gateway/session-token.ts';
import { createRandomKey } from '../../../lib/util/random-key.ts';
import { SessionStore } from '../../../lib/jobs/gateway/session-store.ts';
import { ManualClock } from '../../../lib/util/manual-clock.ts';

const OPTIONS = { resultTtlMs: 1000, maxSessions: 3, maxKept: 3 };

function makeStore() {
  const clock = new ManualClock();
  const store = new SessionStore<string>(clock, OPTIONS);
  const open = (connection: string) => {
    const session = store.open(createSession(createRandomKey()), connection);
    if (session === null) throw new Error('no session');
    return session;
  };
  return { clock, store, open };
}

describe('SessionStore', () => {
  it('keeps results until they are acknowledged, for the client that asked alone', () => {
    const { store, open } = makeStore();
    const [one, two] = [open('one'), open('two')];
    store.begin(one.clientId, '1');
    store.begin(two.clientId, '1');
    const gone: string[] = [];
    expect(store.keep(one.clientId, { id: '1', text: 'r' }, () => gone.push('1'))).toBe(true);
    expect(store.keptOf(one.clientId)).toMatchObject([{ id: '1', text: 'r' }]);
    expect(store.keptOf(two.clientId)).toEqual([]);
    expect(store.loadOf(one.clientId, '1')).toEqual({ hasId: true, open: 0, kept: 1 });
    expect(store.loadOf(two.clientId, '2')).toEqual({ hasId: false, open: 1, kept: 0 });
    expect(store.acknowledge(two.clientId, '1')).toBe(false);
    expect(store.acknowledge(one.clientId, '1')).toBe(true);
    expect(store.acknowledge(one.clientId, '1')).toBe(false);
    expect([gone, store.kept]).toEqual([['1'], 0]);
  });

  it('takes one end for a job', () => {
    const { store, open } = makeStore();
    const { clientId } = open('one');
    expect(store.keep(clientId, { id: '1', text: 'first' })).toBe(true);
    expect(store.keep(clientId, { id: '1', text: 'second' })).toBe(false);
    expect(store.keptOf(clientId)).toMatchObject([{ text: 'first' }]);
  });

  it('gives a session to the newest connection, and says what is open', () => {
    const { store, open } = makeStore();
    const { token, clientId } = open('first');
    store.begin(clientId, '1');
    store.begin(clientId, '2');
    store.withdraw(clientId, '2');
    expect(store.resume(token, 'second')).toEqual({
      session: expect.objectContaining({ token, clientId }),
      open: ['1'],
      previous: 'first',
    });
    store.leave(token, 'first');
    expect(store.connectionOf(clientId)).toBe('second');
    store.leave(token, 'second');
    expect(store.connectionOf(clientId)).toBeNull();
    expect(store.resume('guessed', 'third')).toBeNull();
  });

  it('forgets a session without a connection, and results without their client, after the time to live', () => {
    const { clock, store, open } = makeStore();
    const [one, two, three] = [open('one'), open('two'), open('three')];
    store.keep(one.clientId, { id: '1', text: 'r' });
    store.leave(one.token, 'one');
    store.begin(two.clientId, '1');
    store.leave(two.token, 'two');
    store.keep(three.clientId, { id: '1', text: 'r' });
    clock.advance(OPTIONS.resultTtlMs - 1);
    store.sweep();
    expect([store.size, store.kept, store.dropped]).toEqual([3, 2, 0]);
    clock.advance(1);
    store.sweep();
    // Two waits for a job that is still open; three is connected.
    expect(store.sessionOf(one.clientId)).toBeNull();
    expect([store.size, store.kept, store.dropped]).toEqual([2, 0, 2]);
  });

  it('has room for so many sessions, and makes room of those that are over', () => {
    const { clock, store, open } = makeStore();
    const first = open('1');
    open('2');
    open('3');
    expect(store.open(createSession(createRandomKey()), '4')).toBeNull();
    store.leave(first.token, '1');
    clock.advance(OPTIONS.resultTtlMs);
    expect(store.open(createSession(createRandomKey()), '4')).not.toBeNull();
  });

  it('drops the oldest result when there are too many, and counts it', () => {
    const { clock, store, open } = makeStore();
    const [one, two] = [open('one'), open('two')];
    for (const [at, { clientId }] of [two, one, one, two].entries()) {
      clock.advance(1);
      store.keep(clientId, { id: String(at), text: 'r' });
    }
    expect(store.keptOf(two.clientId).map(({ id }) => id)).toEqual(['3']);
    expect([store.kept, store.dropped]).toEqual([3, 1]);
  });

  it('takes over the session of another gateway as it is', () => {
    const { store, open } = makeStore();
    const session = { token: 'token', clientId: 'client' };
    store.adopt(session);
    store.adopt(session);
    store.begin('client', '1');
    expect(store.resume('token', 'here')).toMatchObject({ open: ['1'], previous: null });
    expect(store.size).toBe(1);
    store.forget('token');
    store.forget('token');
    expect(store.keep('client', { id: '1', text: 'r' })).toBe(false);
    expect(store.loadOf('client', '1')).toBeNull();
    expect(open('new').clientId).not.toBe('client');
  });
});
