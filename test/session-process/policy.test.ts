import { join } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { openControl } from '../support/open-control.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { waitUntil } from '../support/wait-until.ts';
import { runServer } from './run-server.ts';

const STEADY = ['restart.backoff.jitter=0', 'restart.breaker.halfLifeSeconds=1000'];

describe('the restart policy', () => {
  it.each([
    ['transient', '0', 0, 'clean-exit'],
    ['temporary', '0', 0, 'clean-exit'],
    ['temporary', '3', 3, 'exit'],
    ['permanent', '125', 125, 'exit'],
    ['transient', '125', 125, 'exit'],
  ])('%s ends the session when the server exits with %s', async (policy, fate, code, cause) => {
    const session = await runServer('ends.cjs', { flags: ['--policy', policy], args: [fate] });
    expect(await session.ended()).toEqual({ code, signal: null });
    expect(await session.ofType('worker.exited')).toMatchObject([{ cause, phase: 'starting' }]);
    expect(await session.event('session.ended')).toMatchObject({ exitCode: code });
    expect(session.reports()).toMatchObject([{ nextAction: { kind: 'end', delayMs: null } }]);
    await assertNoLeaks();
  });

  it.each([
    ['permanent', '0'],
    ['permanent', '3'],
    ['transient', '3'],
  ])('%s starts the server again when it exits with %s', async (policy, fate) => {
    const counter = join(await makeTempDirectory(), 'starts');
    const session = await runServer('ends.cjs', {
      flags: ['--policy', policy],
      args: [`${fate},serve`, counter],
    });
    await session.ready(2);
    expect(await session.stop()).toEqual({ code: 0, signal: null });
    await assertNoLeaks();
  });

  it('ends the session with 128 and the number of the signal under temporary', async () => {
    const session = await runServer('acts.cjs', { flags: ['--policy', 'temporary'] });
    const { pid } = await session.ready();
    process.kill(pid as number, 'SIGTERM');
    expect(await session.ended()).toEqual({ code: 143, signal: null });
    await assertNoLeaks();
  });

  it('ends the session with the codes of restart.stopOn and no others', async () => {
    const counter = join(await makeTempDirectory(), 'starts');
    const session = await runServer('ends.cjs', {
      set: ['restart.stopOn=[3,4]'],
      args: ['125,4', counter],
    });
    expect(await session.ended()).toEqual({ code: 4, signal: null });
    expect(await session.ofType('worker.exited')).toHaveLength(2);
    expect(session.reports()).toMatchObject([{ restarts: 0 }, { restarts: 1 }]);
    await assertNoLeaks();
  });
});

describe('the backoff', () => {
  it('restarts at once, then ever later until the breaker ends the session with 70', async () => {
    const session = await runServer('ends.cjs', {
      set: [...STEADY, 'restart.breaker.onOpen=exit'],
      args: ['3'],
    });
    expect(await session.ended()).toEqual({ code: 70, signal: null });
    const scheduled = await session.ofType('restart.scheduled');
    expect(scheduled.map(({ attempt, delayMs }) => [attempt, delayMs])).toEqual([
      [0, 0],
      [1, 50],
      [2, 100],
      [3, 200],
      [4, 400],
    ]);
    const [opened] = await session.ofType('breaker.opened');
    expect(opened?.['score']).toBeCloseTo(6, 1);
    expect(await session.event('session.ended')).toMatchObject({ exitCode: 70 });
    expect(session.reports().at(-1)).toMatchObject({ nextAction: { kind: 'end' } });
    await assertNoLeaks();
  });

  it('starts from the beginning after a stable run', async () => {
    const session = await runServer('acts.cjs', { set: ['restart.breaker.halfLifeSeconds=0.2'] });
    await session.ready();
    await session.act('/throw');
    await session.ready(2);
    await session.get('/slow/700');
    await session.act('/throw');
    await session.ready(3);
    await session.stop();
    const scheduled = await session.ofType('restart.scheduled');
    expect(scheduled).toMatchObject([
      { attempt: 0, delayMs: 0 },
      { attempt: 0, delayMs: 0 },
    ]);
    await assertNoLeaks();
  });

  it('stays below its maximum', async () => {
    const session = await runServer('ends.cjs', {
      set: [...STEADY, 'restart.backoff.maxSeconds=0.08', 'restart.breaker.onOpen=exit'],
      args: ['3'],
    });
    expect(await session.ended()).toMatchObject({ code: 70 });
    const delays = (await session.ofType('restart.scheduled')).map((event) => event['delayMs']);
    expect(delays).toEqual([0, 50, 80, 80, 80]);
    await assertNoLeaks();
  });
});

describe('the breaker', () => {
  it('opens, tries once per cooldown, and closes when the server is ready again', async () => {
    const counter = join(await makeTempDirectory(), 'starts');
    const session = await runServer('ends.cjs', {
      set: [...STEADY, 'restart.breaker.failures=1', 'restart.breaker.cooldownSeconds=1'],
      args: ['3,3,3,serve', counter],
    });
    const client = await openControl(session.vigil.stateDirectory);
    // It is broken again and again; in between it tries.
    const broken = await waitUntil(
      async () => {
        const status = (await client.request('GET', '/status')) as { readonly state: string };
        return status.state === 'broken' ? status : undefined;
      },
      () => 'it was never found broken',
    );
    expect(broken).toMatchObject({
      worker: null,
      breaker: { state: 'open', threshold: 1, nextRetryAt: expect.any(String) },
    });
    await session.event('breaker.closed');
    expect(await client.request('GET', '/status')).toMatchObject({
      state: 'running',
      restarts: { total: 3, byCause: { exit: 3 } },
      breaker: { state: 'closed', nextRetryAt: null },
      lastDeath: { cause: 'exit', code: 3 },
    });
    await session.stop();
    const types = [
      'restart.scheduled',
      'breaker.opened',
      'breaker.halfOpened',
      'worker.ready',
      'breaker.closed',
    ];
    const story = (await session.all())
      .map((event) => event.type)
      .filter((type) => types.includes(type));
    // A trial that fails opens it again.
    const trial = ['breaker.opened', 'restart.scheduled', 'breaker.halfOpened'];
    expect(story).toEqual([
      'restart.scheduled',
      ...trial,
      ...trial,
      'worker.ready',
      'breaker.closed',
    ]);
    await assertNoLeaks();
  });
});
