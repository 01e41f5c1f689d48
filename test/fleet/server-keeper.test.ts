import type { ServerStateBody } from '../../lib/fleet/master/fleet-event.ts';
import { entriesOf, settle, startKeeper } from './start-keeper.ts';

describe('ServerKeeper', () => {
  it('starts all servers in the order of the plan without waiting, and tells once when all are ready', async () => {
    const { keeper, started, allStarted, told, ready, states } = startKeeper(
      entriesOf('gate-1', 'chat-1', 'chat-2'),
    );
    await keeper.start();
    expect(started).toEqual(['gate-1', 'chat-1', 'chat-2']);
    ready('chat-2');
    ready('gate-1');
    expect(allStarted).toEqual([]);
    ready('chat-1');
    expect(allStarted).toEqual([[['gate-1', 'chat-1', 'chat-2'], true]]);
    expect(states('chat-1')).toEqual(['starting', 'registered', 'ready']);
    expect(told.at(-1)).toMatchObject({ type: 'fleet.allStarted', servers: 3 });
  });

  it('tells a server that starts later by itself that all have started', async () => {
    const { keeper, allStarted, ready, child } = startKeeper(entriesOf('chat-1', 'chat-2'));
    await keeper.start();
    ready('chat-1');
    ready('chat-2');
    child('chat-1').end({ code: 1 });
    await settle();
    ready('chat-1');
    expect(allStarted.at(-1)).toEqual([['chat-1'], false]);
    expect(allStarted).toHaveLength(2);
  });

  it('starts one again that dies before it has registered: at once, then ever later, then the breaker opens', async () => {
    const { keeper, started, child, states, clock, told } = startKeeper(entriesOf('chat-1'));
    await keeper.start();
    for (let death = 0; death < 5; death += 1) {
      child('chat-1').end({ code: 3 });
      await settle();
      clock.advance(keeper.find('chat-1')?.restartInMs ?? 0);
    }
    expect(started).toHaveLength(6);
    child('chat-1').end({ code: 3 });
    await settle();
    const server = keeper.find('chat-1');
    expect(server?.state).toBe('broken');
    expect(server?.restartInMs).toBe(300_000);
    expect(server?.lastEnd).toMatchObject({
      cause: 'exit',
      expected: false,
      lastWords: ['the last words of chat-1'],
    });
    const waits = told
      .filter((body): body is ServerStateBody => body.type === 'server.waiting')
      .map(({ retry }) => retry?.delayMs);
    expect(waits).toEqual([500, 1000, 2000, 4000]);
    expect(states('chat-1').slice(-3)).toEqual(['starting', 'down', 'broken']);
    // The next start is a trial.
    clock.advance(300_000);
    expect(server?.state).toBe('starting');
  });

  it('kills one that does not get ready in time, and says so', async () => {
    const { keeper, child, clock } = startKeeper(entriesOf('chat-1'), { startMs: 10_000 });
    await keeper.start();
    clock.advance(10_000);
    await settle();
    expect(child('chat-1').signals[0]).not.toBe('SIGTERM');
    expect(keeper.find('chat-1')?.lastEnd).toMatchObject({ cause: 'start-timeout' });
    expect(keeper.find('chat-1')?.lastEnd?.evidence[0]).toContain('it has not registered');
  });

  it('kills one whose monitor beats no more, with the cause; one that does not beat is left alone', async () => {
    const { keeper, ready, clock, states } = startKeeper(entriesOf('chat-1', 'foreign-1'));
    await keeper.start();
    ready('chat-1');
    keeper.find('foreign-1')?.noteRegistered(false);
    keeper.find('foreign-1')?.noteStarted();
    for (let second = 0; second < 30; second += 1) {
      clock.advance(1000);
      keeper.find('chat-1')?.noteBeat();
      keeper.find('foreign-1')?.noteBeat();
    }
    clock.advance(14_999);
    expect(keeper.find('chat-1')?.state).toBe('ready');
    clock.advance(1);
    await settle();
    clock.advance(10);
    await settle();
    expect(states('chat-1')).toEqual([
      ...['starting', 'registered', 'ready', 'hung', 'down', 'starting'],
    ]);
    expect(keeper.find('chat-1')?.lastEnd).toMatchObject({ cause: 'hang', expected: false });
    clock.advance(600_000);
    expect(keeper.find('foreign-1')?.state).toBe('ready');
  });

  it('does not take the silence of one for a hang whose connection is gone', async () => {
    const { keeper, ready, clock } = startKeeper(entriesOf('chat-1'));
    await keeper.start();
    ready('chat-1');
    keeper.find('chat-1')?.noteLost();
    clock.advance(600_000);
    await settle();
    expect(keeper.find('chat-1')?.state).toBe('ready');
    keeper.find('chat-1')?.noteRegistered(true);
    clock.advance(15_000);
    await settle();
    expect(keeper.find('chat-1')?.lastEnd?.cause).toBe('hang');
  });

  describe('one that a master before has left', () => {
    const LEFT = { pid: 77, startTime: '5', run: 'r', since: 0, wasReady: true };
    const FINDS_MASTER_MS = 120_000;

    it.each([
      ['kills it when it does not find its new master in time', true, 'hang'],
      ['leaves it alone when its silence never meant anything', false, undefined],
    ])('%s', async (_title, beats, cause) => {
      const { keeper, clock } = startKeeper(entriesOf('chat-1'));
      const server = keeper.find('chat-1');
      server?.adopt({ ...LEFT, beats });
      expect(server?.state).toBe('ready');
      clock.advance(FINDS_MASTER_MS - 1);
      await settle();
      expect(server?.lastEnd).toBeNull();
      clock.advance(FINDS_MASTER_MS);
      await settle();
      expect(server?.lastEnd?.cause).toBe(cause);
    });

    it('takes a registration that was refused for a sign of life, and that of a process that it hears for none', async () => {
      const { keeper, clock } = startKeeper(entriesOf('chat-1'));
      const server = keeper.find('chat-1');
      server?.adopt({ ...LEFT, beats: true });
      for (let minute = 0; minute < 10; minute += 1) {
        clock.advance(FINDS_MASTER_MS / 2);
        server?.noteKnock();
      }
      await settle();
      expect(server?.state).toBe('ready');
      server?.noteRegistered(true);
      for (let second = 0; second < 15; second += 1) {
        clock.advance(1000);
        server?.noteKnock();
      }
      await settle();
      expect(server?.lastEnd?.cause).toBe('hang');
    });
  });

  it('undoes a restart that waits when the server is stopped, and starts nothing after an asked stop', async () => {
    const { keeper, started, child, clock, ready } = startKeeper(entriesOf('chat-1', 'chat-2'));
    await keeper.start();
    for (let death = 0; death < 2; death += 1) {
      child('chat-1').end({ code: 1 });
      await settle();
    }
    expect(keeper.find('chat-1')?.state).toBe('waiting');
    await keeper.find('chat-1')?.stop(false);
    ready('chat-2');
    const stopped = keeper.find('chat-2')?.stop(false);
    child('chat-2').end({ code: 0 });
    await stopped;
    clock.advance(3_600_000);
    await settle();
    expect(started).toEqual(['chat-1', 'chat-2', 'chat-1']);
    expect([keeper.find('chat-1')?.state, keeper.find('chat-2')?.state]).toEqual(['down', 'down']);
    expect(clock.waiting).toBe(0);
  });

  it('starts one again that is asked for while it is being ended', async () => {
    const { keeper, started, child, ready } = startKeeper(entriesOf('chat-1'));
    await keeper.start();
    ready('chat-1');
    const stopped = keeper.find('chat-1')?.stop(false);
    keeper.find('chat-1')?.start();
    expect(started).toHaveLength(1);
    child('chat-1').end({ code: 0 });
    await stopped;
    await settle();
    expect(started).toHaveLength(2);
  });

  it('does not start one again whose entry says so', async () => {
    const [entry] = entriesOf('chat-1');
    const { keeper, started, child, clock } = startKeeper([
      { ...entry, id: 'chat-1', serverType: 'chat', host: '127.0.0.1', 'auto-restart': 'false' },
    ]);
    await keeper.start();
    child('chat-1').end({ code: 1 });
    await settle();
    clock.advance(3_600_000);
    expect(started).toHaveLength(1);
    expect(keeper.find('chat-1')?.state).toBe('down');
    keeper.find('chat-1')?.start();
    expect(started).toHaveLength(2);
  });

  it('ends types in reverse order, those of one type together, each by its connection and then by signals', async () => {
    const { keeper, asked, child, clock, ready } = startKeeper(
      entriesOf('gate-1', 'chat-1', 'chat-2'),
    );
    await keeper.start();
    ready('gate-1', false);
    ready('chat-1', false);
    const ended = keeper.stopAll(false);
    await settle();
    // One that has not registered cannot be asked.
    expect(asked).toEqual(['chat-1', 'chat-2']);
    expect(child('chat-2').signals[0]).toBe('SIGTERM');
    expect(child('gate-1').isAlive).toBe(true);
    clock.advance(59_999);
    await settle();
    expect(child('chat-1').isAlive).toBe(true);
    clock.advance(1);
    await settle();
    expect(child('chat-1').isAlive).toBe(false);
    expect(asked).toEqual(['chat-1', 'chat-2', 'gate-1']);
    child('gate-1').end({ code: 0 });
    await ended;
    expect(clock.waiting).toBe(0);
  });

  it('ends all at once when it is forced in the middle of that', async () => {
    const { keeper, child, ready } = startKeeper(entriesOf('gate-1', 'chat-1'));
    await keeper.start();
    ready('gate-1');
    ready('chat-1');
    const ended = keeper.stopAll(false);
    await settle();
    await keeper.stopAll(true);
    await ended;
    expect(child('gate-1').isAlive || child('chat-1').isAlive).toBe(false);
  });
});
