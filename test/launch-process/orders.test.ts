import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { startProgram, type StartedProgram } from './start-program.ts';

describe('a monitor that is given orders', () => {
  let program: StartedProgram;
  const said = <T = unknown>(name: string): Promise<T> => program.said<T>(name);

  // The steps of one session: a process for each would cost a minute.
  beforeAll(async () => {
    program = await startProgram('orders.cjs', { config: { ports: { server: 0, admin: 4000 } } });
    await program.exitCode();
  });

  afterAll(async () => {
    await assertNoLeaks();
  });

  it('lives through all of them and ends with the code it was given', async () => {
    expect(program.allSaid('failed')).toEqual([]);
    expect(await program.exitCode()).toBe(4);
  });

  it('tells its events to subscribers and to loops', async () => {
    const types = ['session.started', 'worker.forked', 'worker.listening', 'worker.ready'];
    expect(await said('heard')).toEqual([types, types]);
  });

  it('passes lifecycle notifications on', async () => {
    expect(await said('lifecycle')).toEqual({ text: 'warmed up', own: true });
  });

  it('runs commands and shows their output under its own name', async () => {
    expect(await said('exec')).toEqual({ stdout: 'out\n', stderr: 'err\n' });
    expect(await said('quiet')).toEqual({ stdout: 'unseen\n', stderr: '' });
    expect(await said('execEnv')).toEqual({ stdout: 'given\n/\n', stderr: '' });
    expect(await said('execLate')).toBe('ERR_EXEC_FAILED');
    const lines = program.child.output.text;
    expect(lines).toMatch(/__exec__ out\n[^]*__exec__ err/);
    expect(lines).toMatch(/__exec__ \$ echo unseen/);
    expect(lines).not.toMatch(/__exec__ unseen/);
    expect(lines).toMatch(/__monitor__ a line of \{ our: 'own' \}/);
  });

  it('changes the polling of the present process, or of the next', async () => {
    expect(await said('polling')).toBe(0.15);
    expect(await said('notYet')).toBe(0.15);
    expect(await said('portNow')).toMatchObject({ pollingIntervalSeconds: '0.1' });
  });

  it('changes a port for the next process, or with a restart', async () => {
    expect(await said('portLater')).toMatchObject({ adminPort: '4000', generation: 1 });
    expect(await said('portNow')).toMatchObject({ adminPort: '4001', generation: 2 });
    expect(await said('portAtOnce')).toMatchObject({ adminPort: '4002', generation: 3 });
  });

  it('restarts in order or by force, and resolves with the new generation', async () => {
    expect(await said('restarted')).toEqual({ generation: 2 });
    expect(await said('forced')).toEqual({ generation: 4 });
    expect(await said('forcedDeath')).toMatchObject({ signal: 'SIGKILL', cause: 'manual' });
  });

  it('reloads, one at a time', async () => {
    expect(await said('reloads')).toEqual([
      { outcome: 'succeeded' },
      { outcome: 'refused', reason: 'inProgress' },
    ]);
    expect(await said('replaced')).toEqual([true, 1]);
  });

  it('keeps the old process when the new one of a reload does not start, and says why', async () => {
    expect(await said('rolledBack')).toEqual({
      outcome: 'rolledBack',
      reason: expect.stringContaining('this version does not start'),
    });
    expect(await said('stayed')).toBe(true);
  });

  it('counts restarts by cause, and no reloads', async () => {
    expect(await said('counts')).toMatchObject({
      restarts: { total: 3, byCause: { manual: 3 } },
      state: 'running',
      worker: 'ready',
      pollFailures: 0,
    });
  });

  it('refuses a restart while it ends', async () => {
    expect(await said('tooLate')).toBe('ERR_SESSION_ENDED');
  });
});
