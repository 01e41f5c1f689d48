import { settle, startLife, TIMING } from './started-life.ts';

const typesOf = (events: readonly { type: string }[]): string[] => events.map(({ type }) => type);

describe('the life of a process', () => {
  it('is told from its start over its readiness to its end', async () => {
    const { life, child, clock, events } = startLife();
    expect(life.state).toBe('starting');
    clock.advance(200);
    life.report('announcedReady');
    expect(life).toMatchObject({ state: 'ready', readyAt: 200, startedAt: 0, lastDeath: null });
    clock.advance(800);
    child.end({ code: 3 });
    const death = await life.death;
    expect(death).toEqual({
      generation: 1,
      pid: 1000,
      code: 3,
      signal: null,
      phase: 'running',
      cause: 'exit',
      evidence: [
        'ended by itself',
        'exit code 3',
        'phase running',
        'last sign of life 800 ms before its end',
      ],
      expected: false,
      uptimeMs: 1000,
    });
    expect(life).toMatchObject({ state: 'exited', lastDeath: death });
    expect(typesOf(events)).toEqual(['child.forked', 'child.ready', 'child.exited']);
  });

  it('leaves no timer behind, whatever was armed', async () => {
    const { life, child, clock } = startLife();
    life.report('announcedReady');
    void life.stop('reload');
    child.end({ code: 0 });
    await life.cleared;
    expect(clock.waiting).toBe(0);
  });

  it('that could not be started is over at once, with what the system said', async () => {
    const { life, child } = startLife({ pid: null });
    child.end({ spawnError: new Error('spawn EAGAIN') });
    expect(await life.death).toMatchObject({
      pid: null,
      cause: 'start-failed',
      phase: 'starting',
      evidence: ['could not be started: spawn EAGAIN', 'phase starting'],
    });
  });

  it('is degraded by a failed probe and recovers with a good one', () => {
    const { life, events } = startLife();
    life.report('announcedReady');
    life.report('probeFailed', 'status 500');
    life.report('probeFailed', 'status 500');
    expect(life.state).toBe('degraded');
    life.report('probeSucceeded');
    expect(life.state).toBe('ready');
    expect(typesOf(events).slice(2)).toEqual(['child.degraded', 'child.recovered']);
  });

  it('takes what is reported after its end without a word', async () => {
    const { life, child, events } = startLife();
    child.end({ code: 0 });
    await life.death;
    const before = events.length;
    life.report('announcedReady');
    life.report('probeFailedBeyondTolerance', 'late');
    life.extend(1000);
    await expect(life.stop('manual')).resolves.toMatchObject({ cause: 'clean-exit' });
    await expect(life.kill('manual')).resolves.toMatchObject({ cause: 'clean-exit' });
    expect(events).toHaveLength(before);
  });
});

describe('the startup deadline', () => {
  it('kills a process that is not ready by then', async () => {
    const { life, child, clock } = startLife();
    clock.advance(TIMING.startupMs - 1);
    expect(child.signals).toEqual([]);
    clock.advance(1);
    expect(await life.death).toMatchObject({
      cause: 'start-timeout',
      signal: 'SIGKILL',
      phase: 'starting',
      evidence: ['ended by the monitor: not ready within 60 s', 'signal SIGKILL', 'phase starting'],
    });
    expect(child.signals[0]).toBe('SIGKILL');
  });

  it('is not moved by beats or failed probes', async () => {
    const { life, clock } = startLife();
    clock.advance(TIMING.startupMs - 1);
    life.report('beat');
    life.report('probeFailed', 'status 503');
    clock.advance(1);
    expect(await life.death).toMatchObject({ cause: 'start-timeout' });
  });

  it('means nothing to a process that is ready', () => {
    const { life, clock, child } = startLife();
    life.report('announcedReady');
    for (let beat = 0; beat < 20; beat++) {
      clock.advance(TIMING.silenceMs - 1);
      life.report('beat');
    }
    expect(child.signals).toEqual([]);
  });

  it('is counted anew from an extension', async () => {
    const { life, clock } = startLife();
    clock.advance(50_000);
    life.extend(60_000);
    clock.advance(59_999);
    expect(life.state).toBe('starting');
    clock.advance(1);
    expect(await life.death).toMatchObject({ cause: 'start-timeout' });
  });

  it('is never brought forward by an extension', () => {
    const { life, clock, child } = startLife();
    life.extend(10);
    clock.advance(TIMING.startupMs - 1);
    expect(child.signals).toEqual([]);
  });
});

describe('the heartbeat deadline', () => {
  it('kills a ready process that is silent for that long', async () => {
    const { life, clock, events } = startLife();
    life.report('announcedReady');
    clock.advance(5000);
    life.report('beat');
    clock.advance(TIMING.silenceMs);
    expect(await life.death).toMatchObject({ cause: 'hang', signal: 'SIGKILL', phase: 'running' });
    expect(events).toContainEqual({
      type: 'child.hung',
      generation: 1,
      pid: 1000,
      silenceMs: 10_000,
    });
  });

  it('is not there for a process that gives no sign of life by itself', () => {
    const { life, clock, knows, child } = startLife();
    knows.timing = { ...TIMING, silenceMs: null };
    life.report('announcedReady');
    clock.advance(1e9);
    expect(child.signals).toEqual([]);
  });

  it('waits for a silent process that writes its memory to disk, and ends it once it has stopped to', async () => {
    const { life, child, clock, knows } = startLife();
    life.report('announcedReady');
    knows.writesDump = true;
    clock.advance(3 * TIMING.silenceMs);
    expect(child.signals).toEqual([]);
    knows.writesDump = false;
    clock.advance(TIMING.silenceMs);
    expect(await life.death).toMatchObject({ cause: 'hang' });
  });

  it('gives a process that asked for more time all of it, beats or not', async () => {
    const { life, clock, child } = startLife();
    life.report('announcedReady');
    life.extend(60_000);
    clock.advance(1000);
    life.report('beat');
    clock.advance(58_999);
    expect(child.signals).toEqual([]);
    clock.advance(1);
    expect(await life.death).toMatchObject({ cause: 'hang' });
  });

  it('is the normal one again once the time asked for is over', async () => {
    const { life, clock } = startLife();
    life.report('announcedReady');
    life.extend(60_000);
    clock.advance(60_000 - 1);
    life.report('beat');
    clock.advance(TIMING.silenceMs);
    expect(await life.death).toMatchObject({ cause: 'hang' });
  });

  it('is never brought forward by an extension', () => {
    const { life, clock, child } = startLife();
    life.report('announcedReady');
    life.extend(10);
    clock.advance(TIMING.silenceMs - 1);
    expect(child.signals).toEqual([]);
  });

  it('of a watching process that was late to look counts only once what had come is read', async () => {
    const { life, clock, child } = startLife();
    life.report('announcedReady');
    clock.sleep(TIMING.silenceMs + 900);
    expect(child.signals).toEqual([]);
    life.report('beat');
    clock.advance(TIMING.silenceMs - 1);
    expect(child.signals).toEqual([]);
    life.report('beat');
    clock.sleep(TIMING.silenceMs + 900);
    clock.advance(200);
    expect(await life.death).toMatchObject({ cause: 'hang' });
  });

  it('is measured anew when the watching process itself was asleep', async () => {
    const { life, clock, child } = startLife();
    life.report('announcedReady');
    // The timer fires, but much later than it was due.
    clock.sleep(60_000);
    expect(child.signals).toEqual([]);
    clock.advance(TIMING.silenceMs);
    expect(await life.death).toMatchObject({ cause: 'hang' });
  });

  it('does not count while a person holds the process in a debugger', async () => {
    const { life, clock, child, knows } = startLife();
    life.report('announcedReady');
    knows.isDebugged = true;
    clock.advance(3 * TIMING.silenceMs);
    expect(child.signals).toEqual([]);
    knows.isDebugged = false;
    knows.hangFacts.push('it was stuck in f');
    clock.advance(TIMING.silenceMs);
    expect(await life.death).toMatchObject({
      cause: 'hang',
      evidence: [
        expect.stringContaining('no heartbeat'),
        'it was stuck in f',
        'signal SIGKILL',
        'phase running',
      ],
    });
  });

  it('holds while the process drains, and leaves the cause as it was asked', async () => {
    const { life, clock, knows } = startLife();
    knows.timing = { ...TIMING, stopMs: 1e6 };
    life.report('announcedReady');
    void life.stop('manual');
    clock.advance(TIMING.silenceMs);
    expect(await life.death).toMatchObject({ cause: 'manual', expected: true });
  });
});

describe('a process asked to stop', () => {
  it('is asked once and given its time, then SIGTERM, SIGCONT and SIGKILL follow', async () => {
    const { life, child, clock, asked, knows } = startLife({ endsOf: ['SIGKILL'] });
    knows.timing = { ...TIMING, silenceMs: null };
    life.report('announcedReady');
    void life.stop('session-end');
    void life.stop('manual');
    expect(asked).toEqual(['stop session-end']);
    expect(life.state).toBe('draining');
    clock.advance(TIMING.stopMs - 1);
    expect(child.signals).toEqual([]);
    clock.advance(1);
    await settle();
    expect(child.signals).toEqual(['SIGTERM', 'SIGCONT']);
    clock.advance(TIMING.killMs);
    expect(child.signals).toEqual(['SIGTERM', 'SIGCONT', 'SIGKILL']);
    expect(await life.death).toMatchObject({
      cause: 'session-end',
      phase: 'draining',
      expected: true,
    });
  });

  it('before it was ready gets no longer than a silence may last', async () => {
    const { life, child, clock } = startLife();
    void life.stop('manual');
    clock.advance(TIMING.silenceMs);
    await settle();
    expect(child.signals[0]).toBe('SIGTERM');
  });

  it('gets SIGKILL again as long as it is there', () => {
    const { life, child, clock } = startLife({ endsOf: [] });
    void life.kill('manual');
    clock.advance(3 * TIMING.killMs);
    expect(child.signals).toEqual(['SIGKILL', 'SIGKILL', 'SIGKILL', 'SIGKILL']);
  });

  it('may say what a part of its ending takes, which replaces the deadline both ways', async () => {
    const { life, child, clock, knows } = startLife();
    knows.timing = { ...TIMING, silenceMs: null };
    life.report('announcedReady');
    void life.stop('reload');
    life.budgetEnding(100_000);
    clock.advance(99_999);
    expect(child.signals).toEqual([]);
    life.budgetEnding(50);
    clock.advance(50);
    await settle();
    expect(child.signals[0]).toBe('SIGTERM');
  });

  it('may ask for more time, which never takes any away', () => {
    const { life, child, clock, knows } = startLife();
    knows.timing = { ...TIMING, silenceMs: null };
    life.report('announcedReady');
    void life.stop('reload');
    life.extend(10);
    clock.advance(TIMING.stopMs - 1);
    expect(child.signals).toEqual([]);
  });

  it('is killed at once when that is wanted after all', () => {
    const { life, child } = startLife();
    life.report('announcedReady');
    void life.stop('reload');
    void life.kill('session-end');
    expect(child.signals).toEqual(['SIGKILL']);
  });

  it('ends for the reason that came first', async () => {
    const { life } = startLife();
    void life.stop('reload');
    expect(await life.kill('manual')).toMatchObject({ cause: 'reload' });
  });

  it('so that it is replaced hears it once when the session ends instead, and dies of that', async () => {
    const { life, child, asked, clock } = startLife();
    life.report('announcedReady');
    void life.stop('reload');
    clock.advance(TIMING.silenceMs - 1);
    life.report('beat');
    void life.stop('session-end');
    void life.stop('session-end');
    void life.stop('manual');
    expect(asked).toEqual(['stop reload', 'stop session-end']);
    child.end({ code: 0 });
    expect(await life.death).toMatchObject({ cause: 'session-end', expected: true });
  });

  it('keeps its deadline when the session ends instead', async () => {
    const { life, child, clock, knows } = startLife();
    knows.timing = { ...TIMING, silenceMs: null };
    life.report('announcedReady');
    void life.stop('manual');
    clock.advance(TIMING.stopMs - 1);
    void life.stop('session-end');
    clock.advance(1);
    await settle();
    expect(child.signals[0]).toBe('SIGTERM');
  });

  it('so that it is replaced, and then killed at the end of the session, dies of that', async () => {
    const { life, asked } = startLife();
    void life.stop('manual');
    expect(await life.kill('session-end')).toMatchObject({ cause: 'session-end' });
    expect(asked).toEqual(['stop manual']);
  });
});

describe('a process whose probes fail beyond tolerance', () => {
  it('is told to end with the failure, and killed when it does not', async () => {
    const { life, child, clock, asked } = startLife();
    life.report('announcedReady');
    life.report('probeFailedBeyondTolerance', '3 polls failed: status 500');
    expect(asked).toEqual(['fail 3 polls failed: status 500']);
    expect(life.state).toBe('killing');
    clock.advance(TIMING.stopMs);
    expect(new Set(child.signals)).toEqual(new Set(['SIGKILL']));
    expect(await life.death).toMatchObject({
      cause: 'health',
      expected: false,
      evidence: [
        'ended by the monitor: 3 polls failed: status 500',
        'signal SIGKILL',
        'phase running',
      ],
    });
  });

  it('has died of its health also when it ends with its own exit code', async () => {
    const { life, child } = startLife();
    life.report('announcedReady');
    life.report('probeFailedBeyondTolerance', 'status 500');
    child.end({ code: 1 });
    expect(await life.death).toMatchObject({ cause: 'health', code: 1 });
  });
});

describe('the witness of a death', () => {
  it('is asked once the process is gone', async () => {
    const { life, child, knows } = startLife();
    knows.crashNote = {
      origin: 'uncaughtException',
      handled: false,
      atTopLevel: false,
      summary: 'Error: boom',
    };
    child.end({ code: 1 });
    expect(await life.death).toMatchObject({ cause: 'crash', phase: 'starting' });
  });

  it('tells of an exhausted heap by the last words', async () => {
    const { life, child, knows } = startLife();
    life.report('announcedReady');
    knows.lastWords = ['FATAL ERROR: Reached heap limit Allocation failed'];
    child.end({ signal: 'SIGABRT' });
    expect(await life.death).toMatchObject({ cause: 'oom-heap' });
  });
});

describe('what a dead process left running', () => {
  it('is ended with SIGTERM and counted', async () => {
    const { life, child, clock, events } = startLife({ leftovers: 2 });
    child.end({ signal: 'SIGKILL' });
    await life.death;
    await settle();
    clock.advance(50);
    await life.cleared;
    expect(child.signals).toEqual(['SIGTERM', 'SIGCONT', 'SIGCONT']);
    expect(events.at(-1)).toEqual({ type: 'child.leftovers', generation: 1, count: 2 });
  });

  it('is killed when it does not obey, and over only when it is gone', async () => {
    const { life, child, clock } = startLife({ leftovers: 1, endsOf: ['SIGKILL'] });
    child.end({ code: 0 });
    await life.death;
    for (let waited = 0; waited <= TIMING.killMs; waited += 50) {
      await settle();
      clock.advance(50);
    }
    await life.cleared;
    expect(child.signals.slice(-2)).toEqual(['SIGKILL', 'SIGCONT']);
    expect(clock.waiting).toBe(0);
  });

  it('holds up nothing for ever when not even that ends it', async () => {
    const { life, child, clock } = startLife({ leftovers: 1, endsOf: [] });
    child.end({ code: 0 });
    await life.death;
    for (let waited = 0; waited <= TIMING.killMs + 1000; waited += 50) {
      await settle();
      clock.advance(50);
    }
    await life.cleared;
    expect(child.signals).toContain('SIGKILL');
    expect(clock.waiting).toBe(0);
  });
});
