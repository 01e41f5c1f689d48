import { settle } from './started-life.ts';
import { BACKOFF, BREAKER, SLOT_TIMING, startSlot, type StartedSlot } from './started-slot.ts';

/** A slot whose first process serves and whose second one, the spare, stands by. */
function startBoth(): StartedSlot {
  const started = startSlot({ standby: true });
  started.lives[0]?.life.report('announcedReady');
  started.lives[1]?.life.report('stoodBy');
  return started;
}

async function endFirst({ lives }: StartedSlot): Promise<void> {
  lives[0]?.child.end({ signal: 'SIGKILL' });
  await settle();
}

describe('a slot that keeps a spare', () => {
  it('starts the spare once its server is ready, and tells when it stands by', () => {
    const { slot, lives, events } = startBoth();
    expect(slot).toMatchObject({
      state: 'running',
      current: lives[0]?.life,
      spare: lives[1]?.life,
    });
    expect(events.at(-1)).toMatchObject({ type: 'slot.spareReady', generation: 2 });
    expect(lives).toHaveLength(2);
  });

  it('keeps none without the wish for one', () => {
    const { slot, ready } = startSlot();
    ready();
    expect(slot).toMatchObject({ spare: null, generation: 1 });
  });

  it('lets the spare begin at once when the server dies, and starts another when it is ready', async () => {
    const started = startBoth();
    const { slot, lives, types } = started;
    await endFirst(started);
    expect(slot).toMatchObject({ state: 'starting', current: lives[1]?.life, spare: null });
    expect(lives[1]).toMatchObject({ asked: ['promote'], life: { state: 'starting' } });
    lives[1]?.life.report('announcedReady');
    expect(slot).toMatchObject({ state: 'running', spare: lives[2]?.life });
    expect(types().slice(-5)).toEqual([
      'child.exited',
      'slot.restartScheduled',
      'slot.sparePromoted',
      'child.ready',
      'child.forked',
    ]);
  });

  it('serves at once with a spare that was ready but for the socket', async () => {
    const started = startSlot({ standby: true });
    const { slot, lives, ready, types } = started;
    ready();
    ready();
    expect(types().filter((type) => type === 'child.ready')).toHaveLength(1);
    await endFirst(started);
    expect(slot).toMatchObject({ state: 'running', current: lives[1]?.life });
    expect(types().filter((type) => type === 'child.ready')).toHaveLength(2);
  });

  it('promotes a spare that is still starting, which has its deadline from its own start', async () => {
    const started = startSlot({ standby: true });
    const { slot, lives, ready, clock } = started;
    ready();
    await endFirst(started);
    expect(slot).toMatchObject({ state: 'starting', current: lives[1]?.life });
    lives[1]?.life.report('stoodBy');
    expect(lives[1]?.life.state).toBe('starting');
    clock.advance(SLOT_TIMING.startupMs);
    expect(lives[1]?.life.state).toBe('killing');
  });

  it('gives a promoted spare the whole time to start', async () => {
    const started = startBoth();
    const { lives, clock } = started;
    for (let passed = 0; passed < 3 * SLOT_TIMING.startupMs; passed += 5000) {
      clock.advance(5000);
      for (const { life } of lives) life.report('beat');
    }
    await endFirst(started);
    clock.advance(SLOT_TIMING.startupMs - 1);
    expect(lives[1]?.life.state).toBe('starting');
    clock.advance(1);
    expect(lives[1]?.life.state).toBe('killing');
  });

  it('ends a spare that hangs, and starts another', async () => {
    const { slot, lives, clock } = startBoth();
    clock.advance(SLOT_TIMING.silenceMs - 1);
    lives[0]?.life.report('beat');
    clock.advance(1);
    expect(lives[1]?.life.state).toBe('killing');
    lives[1]?.child.end({ signal: 'SIGKILL' });
    await settle();
    lives[0]?.life.report('beat');
    clock.advance(BACKOFF.baseMs);
    expect(slot).toMatchObject({
      state: 'running',
      current: lives[0]?.life,
      spare: lives[2]?.life,
    });
  });

  it('starts a spare that dies again and again later and later, and counts no failure of the server', async () => {
    const { slot, lives, die, clock } = startSlot({ standby: true });
    lives[0]?.life.report('announcedReady');
    for (const delayMs of [BACKOFF.baseMs, 2 * BACKOFF.baseMs, 4 * BACKOFF.baseMs]) {
      const count = lives.length;
      await die({ code: 1 });
      clock.advance(delayMs - 1);
      lives[0]?.life.report('beat');
      expect(lives).toHaveLength(count);
      clock.advance(1);
      expect(lives).toHaveLength(count + 1);
    }
    expect(slot).toMatchObject({ state: 'running', breaker: { score: 0 } });
  });

  it('delays the next spare as it would have delayed a start, when deaths follow each other', async () => {
    const started = startBoth();
    const { slot, lives, clock } = started;
    await endFirst(started);
    lives[1]?.life.report('announcedReady');
    lives[2]?.life.report('stoodBy');
    lives[1]?.child.end({ code: 1 });
    await settle();
    lives[2]?.life.report('announcedReady');
    expect(slot).toMatchObject({ state: 'running', spare: null });
    clock.advance(BACKOFF.baseMs);
    expect(slot.spare).toBe(lives[3]?.life);
  });

  it('starts no spare that was waiting for its start while the server itself waits for one', async () => {
    const { slot, lives, die, clock } = startSlot({ standby: true });
    lives[0]?.life.report('announcedReady');
    await die({ code: 1 });
    lives[0]?.child.end({ code: 1 });
    await settle();
    await die({ code: 1 });
    expect(slot.state).toBe('backingOff');
    const count = lives.length;
    clock.advance(BACKOFF.baseMs - 1);
    expect(lives).toHaveLength(count);
    clock.advance(1);
    expect(slot).toMatchObject({ state: 'starting', spare: null });
    expect(lives).toHaveLength(count + 1);
  });

  it('gives the spare up when the breaker opens', async () => {
    const started = startBoth();
    const { slot, lives, settings } = started;
    settings.breaker = { ...BREAKER, failures: 0.5 };
    await endFirst(started);
    expect(slot).toMatchObject({ state: 'broken', spare: null });
    expect(lives[1]?.life.state).toBe('exited');
  });

  it.each([
    ['restart', 'restarting'],
    ['reload', 'reloading'],
  ] as const)('gives the spare, which is of yesterday, up for a %s', async (order, state) => {
    const { slot, lives, ready } = startBoth();
    if (order === 'restart') slot.restart(false);
    else void slot.reload();
    expect(slot).toMatchObject({ state, spare: null });
    expect(lives[1]?.life.state).toBe('killing');
    lives[1]?.child.end({ signal: 'SIGKILL' });
    await settle();
    expect(slot.state).toBe(state);
    if (order === 'reload') ready();
    lives[0]?.child.end({ code: 0 });
    await settle();
    if (order === 'restart') ready();
    expect(slot).toMatchObject({
      state: 'running',
      current: lives[2]?.life,
      spare: lives[3]?.life,
    });
  });

  it('keeps a spare again after a reload that was rolled back', async () => {
    const { slot, lives, die } = startBoth();
    void slot.reload();
    await die({ code: 1 });
    expect(slot).toMatchObject({
      state: 'running',
      current: lives[0]?.life,
      spare: lives[3]?.life,
    });
  });

  it('ends the spare in order with the session, and starts none any more', async () => {
    const { slot, lives, clock } = startBoth();
    const end = slot.stop(false);
    expect(lives.map(({ asked }) => asked)).toEqual([['stop session-end'], ['stop session-end']]);
    for (const { child } of lives) child.end({ code: 0 });
    await end;
    clock.advance(1e9);
    expect(lives).toHaveLength(2);
    expect(clock.waiting).toBe(0);
  });

  it('ends with the death that its policy has ended it for, not with that of the spare', async () => {
    const started = startSlot({ standby: true, policy: 'temporary' });
    const { slot, lives } = started;
    lives[0]?.life.report('announcedReady');
    lives[1]?.life.report('stoodBy');
    lives[0]?.child.end({ code: 7 });
    await settle();
    lives[1]?.child.end({ code: 0 });
    expect(await slot.ended).toMatchObject({ why: 'policy', lastDeath: { code: 7 } });
  });
});
