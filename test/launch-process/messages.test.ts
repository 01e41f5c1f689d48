import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import type { LoggedEvent } from '../support/event-log.ts';
import { startProgram, type StartedProgram } from './start-program.ts';

describe('messages between the monitor and the server', () => {
  let program: StartedProgram;

  beforeEach(async () => {
    program = await startProgram('messages.cjs');
  });

  afterEach(async () => {
    await assertNoLeaks();
  });

  // One run holds the whole conversation: each process costs more than all that is said in it.
  it('are answered, fail, time out and survive restarts as the contract says', async () => {
    expect(await program.exitCode()).toBe(0);
    const conversation = {
      values: [[], []],
      several: { results: [2, 3] },
      failed: {
        name: 'TypeError',
        message: 'refused',
        code: 'E_REFUSED',
        stack: 'string',
        cause: expect.objectContaining({ name: 'Error', message: 'because', cause: 'of this' }),
      },
      ran: { results: [2] },
      nobody: { results: [] },
      cleared: { results: [] },
      oneOff: { results: ['kept'] },
      late: 'ERR_IPC_TIMEOUT',
      aborted: 'ERR_IPC_ABORTED',
      badName: 'ERR_ARGUMENT',
      badValue: 'ERR_IPC_VALUE',
      badTimeout: 'ERR_ARGUMENT',
    };
    expect(await program.said('toServer')).toEqual(conversation);
    expect(await program.said('toMonitor')).toEqual(conversation);
    expect(await program.said('tooEarly')).toBe('ERR_IPC_CLOSED');
    expect(await program.said('died')).toBe('ERR_IPC_CLOSED');
    expect(await program.said('second')).toEqual({ results: [{ results: ['server 2'] }] });
    expect(await program.said('third')).toEqual({ results: [2, 3] });
  });

  it('of Vigil itself are still heard after the server has cleared their names', async () => {
    expect(await program.exitCode()).toBe(0);
    expect(await program.said('graceful')).toBe(false);
    const isSecond = ({ generation }: LoggedEvent): boolean => generation === 2;
    expect(await program.events.waitFor('worker.exited', isSecond)).toMatchObject({
      cause: 'manual',
      code: 0,
    });
  });
});

describe('what a server says before the rest of the monitor is loaded', () => {
  it('is told in its order, and answered', async () => {
    const program = await startProgram('speaks-at-once.cjs');
    expect(await program.said('answer')).toEqual({ results: [] });
    expect(await program.exitCode()).toBe(0);
    const told = (await program.events.all()).filter(({ type }) => type === 'lifecycle');
    expect(told.map((event) => event['event'])).toEqual(['the first word', 'the second']);
    await assertNoLeaks();
  });
});
