import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { type Session, runServer } from './run-server.ts';

const HEALTH = ['polling.route=/health', 'polling.failureTolerance=2'];

/** The types and counts of everything that polls have led to, in order. */
async function pollStory(session: Session): Promise<unknown[]> {
  const types = ['poll.failed', 'worker.degraded', 'worker.recovered', 'worker.exited'];
  return (await session.all())
    .filter((event) => types.includes(event.type))
    .map((event) => event['count'] ?? event['cause'] ?? event.type.slice('worker.'.length));
}

describe('a health route that fails', () => {
  it('more often in a row than tolerated has the server replaced', async () => {
    const session = await runServer('acts.cjs', { set: HEALTH });
    await session.ready();
    await session.act('/sicken');
    const exited = await session.exited();
    expect(exited).toMatchObject({ cause: 'health', phase: 'running', expected: false });
    expect(exited['evidence']).toEqual(
      expect.arrayContaining([expect.stringContaining('3 polls failed: status 500')]),
    );
    await session.ready(2);
    await session.stop();
    const story = [1, 'degraded', 2, 3, 'health', 'session-end'];
    expect(await pollStory(session)).toEqual(story);
    expect(await session.ofType('drain.started')).toHaveLength(1);
    await assertNoLeaks();
  });

  it('as often as tolerated only degrades the server, and any success starts the count anew', async () => {
    const statuses = '200,500,500,200,500,500,200,503,200';
    const session = await runServer('flaky.cjs', { set: HEALTH, args: [statuses] });
    const last = await session.event('poll.failed', (event) =>
      String(event['reason']).includes('503'),
    );
    await session.event('worker.recovered', (event) => event.seq > last.seq);
    await session.stop();
    const once = ['degraded', 2, 'recovered'];
    const story = [1, ...once, 1, ...once, 1, 'degraded', 'recovered', 'session-end'];
    expect(await pollStory(session)).toEqual(story);
    await assertNoLeaks();
  });

  it('too often within the window has the server replaced although it succeeds in between', async () => {
    const session = await runServer('flaky.cjs', {
      set: [...HEALTH, 'polling.window={"failures":3,"of":5}'],
      args: ['200,500,200,500,200,500,200'],
    });
    await session.exited();
    await session.stop();
    const story = [1, 'degraded', 'recovered', 1, 'degraded', 'recovered', 1, 'health'];
    expect((await pollStory(session)).slice(0, story.length)).toEqual(story);
    await assertNoLeaks();
  });

  it('by not answering within its deadline has the server replaced', async () => {
    const session = await runServer('acts.cjs', {
      set: ['polling.route=/health', 'polling.failureTolerance=0', 'polling.timeoutSeconds=0.3'],
    });
    await session.ready();
    await session.act('/mute');
    expect(await session.event('poll.failed')).toMatchObject({
      count: 1,
      reason: expect.stringContaining('300 ms'),
    });
    expect(await session.exited()).toMatchObject({ cause: 'health' });
    await session.stop();
    expect(await session.ofType('worker.degraded')).toEqual([]);
    await assertNoLeaks();
  });

  it('is no failure on the default route unless the server says 500 or more', async () => {
    const session = await runServer('flaky.cjs', {
      set: ['polling.failureTolerance=0'],
      args: ['404,302,401,499,200,503'],
    });
    expect(await session.exited()).toMatchObject({ cause: 'health' });
    await session.stop();
    expect((await session.ofType('poll.failed'))[0]).toMatchObject({
      generation: 1,
      reason: expect.stringContaining('503'),
    });
    await assertNoLeaks();
  });

  it('counts only statuses in the expected range as good once a route is set', async () => {
    const session = await runServer('flaky.cjs', {
      set: ['polling.route=/x', 'polling.expectStatus=[200,204]', 'polling.failureTolerance=0'],
      args: ['204,302'],
    });
    expect(await session.exited()).toMatchObject({ cause: 'health' });
    await session.stop();
    await assertNoLeaks();
  });
});

describe('a listener that the server closes itself', () => {
  it('is a failed poll and has the server replaced', async () => {
    const session = await runServer('acts.cjs');
    await session.ready();
    await session.act('/close');
    expect(await session.event('poll.failed')).toMatchObject({
      reason: 'the server closed its listener',
    });
    expect(await session.exited()).toMatchObject({ cause: 'health' });
    await session.ready(2);
    await session.stop();
    await assertNoLeaks();
  });
});

describe('a server that does not become ready', () => {
  it.each(['never-listens.cjs', 'spins-at-start.cjs', 'flaky.cjs'])(
    'within the startup deadline is killed (%s)',
    async (entry) => {
      const session = await runServer(entry, {
        set: ['startup.deadlineSeconds=0.6', 'restart.policy=temporary'],
        args: ['503'],
      });
      expect(await session.ended()).toEqual({ code: 137, signal: null });
      expect(await session.exited()).toMatchObject({
        cause: 'start-timeout',
        phase: 'starting',
        signal: 'SIGKILL',
        expected: false,
      });
      expect(await session.ofType('worker.ready')).toEqual([]);
      expect(await session.ofType('poll.failed')).toEqual([]);
      await assertNoLeaks();
    },
  );

  it('at its first polls is given the time of the startup deadline', async () => {
    const session = await runServer('slow-start.cjs', { args: ['6'] });
    await session.ready();
    await session.stop();
    expect(await pollStory(session)).toEqual(['session-end']);
    await assertNoLeaks();
  });

  it.each([
    ['throws.cjs', 'crash', 'thrown while the file was loaded'],
    ['throws.mjs', 'crash', 'thrown while the module was evaluated'],
    ['rejects-at-start.cjs', 'rejection', 'nobody waits for this'],
    ['rejects-at-start.mjs', 'rejection', 'nobody waits for this'],
  ])('because %s ends dies of a %s', async (entry, cause, message) => {
    const session = await runServer(entry, { set: ['restart.policy=temporary'] });
    expect(await session.ended()).toEqual({ code: 1, signal: null });
    expect(await session.exited()).toMatchObject({ cause, phase: 'starting', code: 1 });
    expect(session.reports()).toMatchObject([{ error: { message }, phase: 'starting' }]);
    await assertNoLeaks();
  });
});
