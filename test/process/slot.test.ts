import { settle } from './started-life.ts';
import { BACKOFF, BREAKER, SLOT_TIMING, startSlot } from './started-slot.ts';

describe('a slot', () => {
  it('starts its process and runs once that is ready', () => {
    const { slot, lives } = startSlot();
    expect(slot.state).toBe('starting');
    lives[0]?.life.report('announcedReady');
    expect(slot.state).toBe('running');
    expect(slot).toMatchObject({ generation: 1, current: lives[0]?.life });
  });

  it('starts again at once after the first death and later and later after the next', async () => {
    const { slot, ready, die, clock, types } = startSlot();
    ready();
    await die({ code: 1 });
    expect([slot.state, slot.generation]).toEqual(['starting', 2]);
    await die({ code: 1 });
    expect([slot.state, slot.generation]).toEqual(['backingOff', 2]);
    expect(slot.breaker.nextRetryAt).toBe(BACKOFF.baseMs);
    clock.advance(BACKOFF.baseMs - 1);
    expect(slot.generation).toBe(2);
    clock.advance(1);
    expect([slot.state, slot.generation]).toEqual(['starting', 3]);
    expect(slot.breaker.nextRetryAt).toBeNull();
    expect(types()).toEqual([
      'child.forked',
      'child.ready',
      'child.exited',
      'slot.restartScheduled',
      'child.forked',
      'child.exited',
      'slot.restartScheduled',
      'child.forked',
    ]);
  });

  it('tells of a restart with its delay and attempt', async () => {
    const { die, events } = startSlot();
    await die({ code: 1 });
    await die({ code: 1 });
    expect(events.filter(({ type }) => type === 'slot.restartScheduled')).toEqual([
      { type: 'slot.restartScheduled', generation: 1, delayMs: 0, attempt: 0 },
      { type: 'slot.restartScheduled', generation: 2, delayMs: BACKOFF.baseMs, attempt: 1 },
    ]);
  });

  it('lets no timer wait and no event follow once it has ended', async () => {
    const { slot, ready, clock, events } = startSlot();
    ready();
    const end = slot.stop(false);
    await settle();
    clock.advance(SLOT_TIMING.stopMs);
    await settle();
    await end;
    const count = events.length;
    slot.start();
    slot.restart(true);
    await slot.stop(true);
    clock.advance(1e9);
    expect([slot.state, clock.waiting, events.length]).toEqual(['stopped', 0, count]);
  });
});

describe('the restart policy of a slot', () => {
  it.each([
    ['permanent', { code: 0 }, 'starting'],
    ['permanent', { code: 125 }, 'stopped'],
    ['transient', { code: 0 }, 'stopped'],
    ['transient', { code: 1 }, 'starting'],
    ['transient', { signal: 'SIGKILL' }, 'starting'],
    ['temporary', { code: 1 }, 'stopped'],
  ] as const)('%s, after %p: %s', async (policy, fact, state) => {
    const { slot, ready, die, settings } = startSlot();
    settings.policy = policy;
    ready();
    await die(fact);
    expect(slot.state).toBe(state);
    if (state === 'stopped') {
      await expect(slot.ended).resolves.toMatchObject({ why: 'policy', lastDeath: fact });
    }
  });

  it('is not asked when somebody wanted the restart', async () => {
    const { slot, ready, lives, settings } = startSlot();
    settings.policy = 'temporary';
    ready();
    slot.restart(false);
    lives[0]?.child.end({ code: 125 });
    await settle();
    expect([slot.state, slot.generation]).toEqual(['starting', 2]);
  });
});

describe('the breaker of a slot', () => {
  it('opens after too many deaths, tries once per cooldown and closes at the first ready', async () => {
    const { slot, die, ready, clock, types } = startSlot();
    for (let death = 0; death <= BREAKER.failures; death++) {
      await die({ code: 1 });
      if (slot.state === 'backingOff') clock.advance(BACKOFF.maxMs);
    }
    expect([slot.state, slot.breaker.state]).toEqual(['broken', 'open']);
    expect(slot.breaker.nextRetryAt).toBe(clock.now() + BREAKER.cooldownMs);
    clock.advance(BREAKER.cooldownMs);
    expect([slot.state, slot.breaker.state]).toEqual(['starting', 'halfOpen']);
    await die({ code: 1 });
    expect([slot.state, slot.breaker.state]).toEqual(['broken', 'open']);
    clock.advance(BREAKER.cooldownMs);
    const { score } = slot.breaker;
    ready();
    expect([slot.state, slot.breaker.state, slot.breaker.score]).toEqual([
      'running',
      'closed',
      score,
    ]);
    expect(types().filter((type) => type === 'slot.breakerChanged')).toHaveLength(5);
  });

  it('ends the slot when that is what its opening means', async () => {
    const { slot, die, settings } = startSlot();
    settings.breaker = { ...BREAKER, failures: 0.5, onOpen: 'exit' };
    await die({ code: 1 });
    await expect(slot.ended).resolves.toMatchObject({ why: 'gaveUp', lastDeath: { code: 1 } });
  });

  it('is not moved by deaths that somebody wanted', async () => {
    const { slot, ready } = startSlot();
    for (let restart = 0; restart < 20; restart++) {
      ready();
      slot.restart(true);
      await settle();
    }
    expect(slot.breaker.score).toBe(0);
    expect(slot.generation).toBe(21);
  });

  it('is left aside by a restart that an operator asks for while it is open', async () => {
    const { slot, die, settings, clock } = startSlot();
    settings.breaker = { ...BREAKER, failures: 0.5 };
    await die({ code: 1 });
    expect(slot.state).toBe('broken');
    slot.restart(false);
    expect([slot.state, slot.breaker.state]).toEqual(['starting', 'halfOpen']);
    const { generation } = slot;
    clock.advance(BREAKER.cooldownMs - 1);
    expect(slot.generation).toBe(generation);
  });
});

describe('a restart of a slot', () => {
  it('drains the old process before it starts the new', async () => {
    const { slot, ready, lives } = startSlot();
    ready();
    slot.restart(false);
    expect([slot.state, lives[0]?.life.state, lives.length]).toEqual(['restarting', 'draining', 1]);
    lives[0]?.child.end({ code: 0 });
    await settle();
    expect([slot.state, lives.length]).toEqual(['starting', 2]);
    expect(lives[0]?.life.lastDeath).toMatchObject({ cause: 'manual', expected: true });
  });

  it('by force kills it', async () => {
    const { slot, ready, lives } = startSlot();
    ready();
    slot.restart(true);
    await settle();
    expect(lives[0]?.child.signals[0]).toBe('SIGKILL');
    expect(slot.generation).toBe(2);
  });

  it('brings a waiting one forward, and that does not come twice', async () => {
    const { slot, die, clock } = startSlot();
    await die({ code: 1 });
    await die({ code: 1 });
    expect(slot.state).toBe('backingOff');
    slot.restart(false);
    expect([slot.state, slot.generation]).toEqual(['starting', 3]);
    clock.advance(BACKOFF.maxMs - 1);
    expect(slot.generation).toBe(3);
  });

  it('by force hurries up one that drains', async () => {
    const { slot, ready, lives } = startSlot();
    ready();
    slot.restart(false);
    slot.restart(true);
    await settle();
    expect(lives[0]?.child.signals[0]).toBe('SIGKILL');
    expect(slot.generation).toBe(2);
  });
});

describe('a reload of a slot', () => {
  it('drains the old process only once the new one is ready, and succeeds when it is gone', async () => {
    const { slot, ready, lives, types } = startSlot();
    ready();
    const verdict = slot.reload();
    expect([slot.state, lives.length, lives[0]?.life.state]).toEqual(['reloading', 2, 'ready']);
    lives[1]?.life.report('announcedReady');
    expect([slot.state, slot.current === lives[1]?.life]).toEqual(['retiring', true]);
    expect([lives[0]?.asked, lives[1]?.asked]).toEqual([['stop reload'], ['promote']]);
    lives[0]?.child.end({ code: 0 });
    await expect(verdict).resolves.toEqual({ outcome: 'succeeded' });
    expect(slot.state).toBe('running');
    expect(types().slice(-2)).toEqual(['child.exited', 'slot.reloadSucceeded']);
  });

  it('is rolled back when the new process dies, and the old one serves on untouched', async () => {
    const { slot, ready, lives } = startSlot();
    ready();
    const verdict = slot.reload();
    lives[1]?.child.end({ code: 7 });
    await expect(verdict).resolves.toMatchObject({
      outcome: 'rolledBack',
      reason: expect.stringContaining('code 7'),
    });
    expect([slot.state, slot.current === lives[0]?.life]).toEqual(['running', true]);
    expect([lives[0]?.asked, slot.breaker.score]).toEqual([[], 0]);
  });

  it('is rolled back when the new process is not ready in time', async () => {
    const { slot, ready, lives, clock } = startSlot();
    ready();
    const verdict = slot.reload();
    for (let waited = 0; waited < SLOT_TIMING.startupMs; waited += 5000) {
      clock.advance(5000);
      lives[0]?.life.report('beat');
    }
    await expect(verdict).resolves.toMatchObject({
      outcome: 'rolledBack',
      reason: expect.stringContaining('start-timeout'),
    });
    expect(slot.state).toBe('running');
  });

  it('is refused while one runs, and while nothing runs', async () => {
    const { slot, ready, lives } = startSlot();
    await expect(slot.reload()).resolves.toEqual({ outcome: 'refused', reason: 'notRunning' });
    ready();
    void slot.reload();
    await expect(slot.reload()).resolves.toEqual({ outcome: 'refused', reason: 'inProgress' });
    lives[1]?.life.report('announcedReady');
    await expect(slot.reload()).resolves.toEqual({ outcome: 'refused', reason: 'inProgress' });
    expect(lives).toHaveLength(2);
  });

  it('whose old process dies meanwhile goes on with the new one, and is judged by that', async () => {
    const { slot, ready, lives } = startSlot();
    ready();
    let verdict: unknown;
    void slot.reload().then((reached) => (verdict = reached));
    lives[0]?.child.end({ signal: 'SIGKILL' });
    await settle();
    expect([slot.state, slot.current === lives[1]?.life, lives.length]).toEqual([
      'starting',
      true,
      2,
    ]);
    expect(verdict).toBeUndefined();
    lives[1]?.life.report('announcedReady');
    await settle();
    expect(verdict).toEqual({ outcome: 'succeeded' });
    expect(slot.state).toBe('running');
  });

  it('whose two processes both die before the new one was ready is rolled back', async () => {
    const { slot, ready, lives } = startSlot();
    ready();
    const verdict = slot.reload();
    lives[0]?.child.end({ signal: 'SIGKILL' });
    await settle();
    lives[1]?.child.end({ code: 9 });
    await expect(verdict).resolves.toMatchObject({
      outcome: 'rolledBack',
      reason: expect.stringContaining('code 9'),
    });
    expect(slot.state).toBe('backingOff');
  });

  it('gives way to a restart', async () => {
    const { slot, ready, lives } = startSlot();
    ready();
    const verdict = slot.reload();
    slot.restart(false);
    await expect(verdict).resolves.toMatchObject({ outcome: 'rolledBack' });
    expect(lives[1]?.child.signals).toContain('SIGKILL');
    lives[0]?.child.end({ code: 0 });
    await settle();
    expect([slot.state, slot.generation]).toEqual(['starting', 3]);
  });

  it('gives way to the end of the session, which kills what is not ready and drains the other', async () => {
    const { slot, ready, lives } = startSlot();
    ready();
    const verdict = slot.reload();
    const end = slot.stop(false);
    await expect(verdict).resolves.toEqual({ outcome: 'rolledBack', reason: 'the session ends' });
    expect(lives[1]?.child.signals).toContain('SIGKILL');
    expect(lives[0]?.asked).toEqual(['stop session-end']);
    lives[0]?.child.end({ code: 0 });
    await expect(end).resolves.toMatchObject({ why: 'asked', lastDeath: { cause: 'session-end' } });
  });

  it('survives the death of the new process while the old one drains', async () => {
    const { slot, ready, lives } = startSlot();
    ready();
    const verdict = slot.reload();
    lives[1]?.life.report('announcedReady');
    lives[1]?.child.end({ code: 1 });
    await expect(verdict).resolves.toEqual({ outcome: 'succeeded' });
    await settle();
    expect([slot.state, slot.generation]).toEqual(['starting', 3]);
  });
});

describe('the end of a slot', () => {
  it('before its start is there at once', async () => {
    const { slot } = startSlot({ start: false });
    await expect(slot.stop(false)).resolves.toEqual({ why: 'asked', lastDeath: null });
  });

  it('while a restart waits does not wait for it', async () => {
    const { slot, die, clock } = startSlot();
    await die({ code: 1 });
    await die({ code: 1 });
    await expect(slot.stop(false)).resolves.toMatchObject({ why: 'asked' });
    expect([clock.waiting, slot.generation]).toEqual([0, 2]);
  });

  it('can be hurried up', async () => {
    const { slot, ready, lives } = startSlot();
    ready();
    void slot.stop(false);
    expect(lives[0]?.child.signals).toEqual([]);
    await slot.stop(true);
    expect(lives[0]?.child.signals[0]).toBe('SIGKILL');
  });

  it('waits for what the last process left running', async () => {
    const { slot, ready, lives, clock } = startSlot({ leftovers: 1 });
    ready();
    let ended = false;
    void slot.stop(true).then(() => (ended = true));
    await settle();
    expect([lives[0]?.life.state, ended]).toEqual(['exited', false]);
    clock.advance(50);
    await settle();
    expect(ended).toBe(true);
  });
});

describe('who hears that a process is ready', () => {
  it('finds the slot running, and may reload at once', async () => {
    const states: string[] = [];
    const started = startSlot({
      orderAt: {
        type: 'child.ready',
        count: 1,
        give: (slot) => {
          states.push(slot.state);
          void slot.reload().then(({ outcome }) => states.push(outcome));
        },
      },
    });
    started.ready();
    await settle();
    expect([states, started.slot.state]).toEqual([['running'], 'reloading']);
    started.ready();
    started.lives[0]?.child.end({ code: 0 });
    await settle();
    expect(states).toEqual(['running', 'succeeded']);
  });

  it('finds the successor of a reload in its place', () => {
    const generations: unknown[] = [];
    const started = startSlot({
      orderAt: {
        type: 'child.ready',
        count: 2,
        give: (slot) => generations.push(slot.current?.generation),
      },
    });
    started.ready();
    void started.slot.reload();
    started.ready();
    expect(generations).toEqual([2]);
  });
});

describe('an order given from within an event', () => {
  it.each([
    ['child.forked', 1],
    ['child.ready', 1],
    ['child.exited', 1],
    ['slot.restartScheduled', 1],
    ['slot.restartScheduled', 2],
    ['slot.breakerChanged', 1],
    ['slot.breakerChanged', 2],
    ['slot.reloadStarted', 1],
    ['slot.reloadSucceeded', 1],
    ['slot.reloadRolledBack', 1],
  ] as const)('to stop, at %s number %i, ends the slot with nothing left', async (type, count) => {
    const started = startSlot({ orderAt: { type, count, give: (slot) => void slot.stop(true) } });
    await started.liveThroughEverything();
    expect(started.orderGiven()).toBe(true);
    await expect(started.slot.ended).resolves.toMatchObject({ why: 'asked' });
    expect([started.slot.state, started.clock.waiting]).toEqual(['stopped', 0]);
    expect(started.lives.filter(({ child }) => child.isAlive)).toEqual([]);
  });

  it.each([
    ['child.forked', 1],
    ['child.ready', 1],
    ['child.exited', 1],
    ['slot.restartScheduled', 1],
    ['slot.restartScheduled', 2],
    ['slot.breakerChanged', 1],
    ['slot.breakerChanged', 2],
    ['slot.reloadStarted', 1],
    ['slot.reloadSucceeded', 1],
    ['slot.reloadRolledBack', 1],
  ] as const)(
    'to restart, at %s number %i, leaves one process that comes to run',
    async (type, count) => {
      const started = startSlot({
        orderAt: {
          type,
          count,
          give: (slot) => {
            slot.restart(true);
          },
        },
      });
      await started.liveThroughEverything();
      expect(started.orderGiven()).toBe(true);
      const { slot, lives, clock } = started;
      await settle();
      clock.advance(BREAKER.cooldownMs);
      await settle();
      const alive = lives.filter(({ child }) => child.isAlive);
      expect(alive).toHaveLength(1);
      alive[0]?.life.report('announcedReady');
      expect([slot.state, slot.current === alive[0]?.life]).toEqual(['running', true]);
    },
  );
});
