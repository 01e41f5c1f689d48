import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { openControl } from '../support/open-control.ts';
import { waitUntil } from '../support/wait-until.ts';
import { type Session, runServer } from './run-server.ts';

const SILENCE_MS = 1000;
const SET = [`heartbeat.silenceSeconds=${SILENCE_MS / 1000}`];

interface Status {
  readonly state: string;
  readonly restarts: { readonly total: number };
  readonly worker: { readonly generation: number; readonly lastPoll: { readonly at: string } };
}

/** Stops processes for longer than the server may be silent, then lets them go on. */
async function freeze(pid: number, factor: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  const since = performance.now();
  await waitUntil(
    () => (performance.now() - since > factor * SILENCE_MS ? true : undefined),
    () => 'time stands still',
  );
  process.kill(pid, 'SIGCONT');
}

/** What the monitor says once it has heard of a poll that was made after this moment. */
async function statusAfter(session: Session, moment: number): Promise<Status> {
  const control = await openControl(session.vigil.stateDirectory);
  return waitUntil(
    async () => {
      const status = (await control.request('GET', '/status')) as Status;
      return Date.parse(status.worker.lastPoll.at) > moment ? status : undefined;
    },
    () => 'no poll was heard of',
  );
}

async function expectNothingHappened(session: Session): Promise<void> {
  expect(await statusAfter(session, Date.now())).toMatchObject({
    state: 'running',
    restarts: { total: 0 },
    worker: { generation: 1 },
  });
  expect((await session.stop()).code).toBe(0);
  const troubles = ['hang.detected', 'poll.failed', 'worker.degraded'];
  expect((await session.all()).filter(({ type }) => troubles.includes(type))).toEqual([]);
  expect(await session.ofType('worker.forked')).toHaveLength(1);
  await assertNoLeaks();
}

describe('a process that was stopped by SIGSTOP for longer than the server may be silent', () => {
  // Late by a little is judged otherwise than late by much.
  it.each([1.4, 2.5])('(%f times) and is the monitor takes nothing amiss', async (factor) => {
    const session = await runServer('acts.cjs', { set: SET });
    await session.ready();
    await freeze(session.vigil.pid, factor);
    await expectNothingHappened(session);
  });

  it('and is the whole session, as by Ctrl-Z, takes nothing amiss either', async () => {
    const session = await runServer('acts.cjs', { set: SET, detached: true });
    await session.ready();
    await freeze(-session.vigil.pid, 2.5);
    await expectNothingHappened(session);
  });

  it('and is the server hangs, and is replaced', async () => {
    const session = await runServer('acts.cjs', { set: SET });
    const { pid } = await session.ready();
    process.kill(Number(pid), 'SIGSTOP');
    const note = 'the process was stopped (state T)';
    expect(await session.event('hang.detected')).toMatchObject({ pid, stack: null, note });
    expect(await session.exited()).toMatchObject({
      cause: 'hang',
      signal: 'SIGKILL',
      evidence: expect.arrayContaining([note]),
    });
    await session.ready(2);
    expect((await session.stop()).code).toBe(0);
    await assertNoLeaks();
  });
});
