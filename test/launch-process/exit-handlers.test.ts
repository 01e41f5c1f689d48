import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import type { LoggedEvent } from '../support/event-log.ts';
import { startProgram, type StartedProgram } from './start-program.ts';

const CONFIG = {
  polling: { intervalSeconds: 0.1, failureTolerance: 0 },
  shutdown: { drainSeconds: 1, exitHandlerSeconds: 0.3 },
};

const ORDER = ['fourth', 'third', 'second', 'first'];

const start = (way: string): Promise<StartedProgram> =>
  startProgram('exit-handlers.cjs', { args: [way], config: CONFIG });

const rows = (reason: unknown): unknown[] => ORDER.map((name) => [name, reason]);

afterEach(async () => {
  await assertNoLeaks();
});

describe('the exit handlers of the server', () => {
  it.each([
    ['end', true, 'session-end'],
    ['restart', false, 'manual'],
    ['reload', false, 'reload'],
    ['exception', 'TypeError: the server threw', 'crash'],
    ['rejection', 'Error: nobody caught it', 'rejection'],
    ['health', expect.stringMatching(/^ERR_CHILD_UNHEALTHY: .*status 503/), 'health'],
  ])('after %s all run, the last first, with %p', async (way, reason, cause) => {
    const program = await start(way);
    expect(await program.exitCode()).toBe(way === 'end' ? 5 : 0);
    expect(program.allSaid('server')).toEqual(rows(reason));
    const isFirst = ({ generation }: LoggedEvent): boolean => generation === 1;
    expect(await program.events.waitFor('worker.exited', isFirst)).toMatchObject({ cause });
  });

  it('are told of as failed or late, each once', async () => {
    const program = await start('end');
    await program.exitCode();
    const { pid } = await program.events.waitFor('worker.ready');
    const troubles = (await program.events.all()).filter(({ type }) =>
      type.startsWith('exitHandler'),
    );
    expect(troubles.filter((event) => event['pid'] === pid)).toEqual([
      expect.objectContaining({ type: 'exitHandler.timedOut', name: 'third', deadlineMs: 300 }),
      expect.objectContaining({
        type: 'exitHandler.failed',
        name: 'second',
        error: expect.objectContaining({ name: 'RangeError', message: 'the second failed' }),
      }),
    ]);
  });

  it('do not run when the session is ended by force', async () => {
    const program = await start('forced');
    expect(await program.exitCode()).toBe(6);
    expect(program.allSaid('server')).toEqual([]);
    expect(await program.events.waitFor('worker.exited')).toMatchObject({ signal: 'SIGKILL' });
  });
});

describe('the exit handlers of the monitor', () => {
  it('all run, the last first, after those of the server, and their troubles are events', async () => {
    const program = await start('end');
    await program.exitCode();
    expect(program.allSaid('monitor')).toEqual(rows(true));
    const order = readFileSync(join(program.directory, 'order'), 'utf8').trimEnd().split('\n');
    expect(order).toEqual([...ORDER.map(() => 'server'), ...ORDER.map(() => 'monitor')]);
    const events = await program.events.all();
    const exited = events.findIndex(({ type }) => type === 'worker.exited');
    expect(events.slice(exited).filter(({ type }) => type.startsWith('exitHandler'))).toEqual([
      expect.objectContaining({ type: 'exitHandler.timedOut', name: 'third', deadlineMs: 300 }),
      expect.objectContaining({
        type: 'exitHandler.failed',
        name: 'second',
        error: expect.objectContaining({ message: 'the second failed' }),
      }),
    ]);
  });

  it('run as well when the session is ended by force', async () => {
    const program = await start('forced');
    await program.exitCode();
    expect(program.allSaid('monitor')).toEqual(rows(true));
  });
});
