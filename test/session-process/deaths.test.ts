import { join } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { startNode } from '../support/start-child.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { type ServerRun, runServer } from './run-server.ts';

interface Case {
  readonly what: string;
  readonly act: string;
  readonly exited: Record<string, unknown>;
  readonly error?: Record<string, unknown> | null;
  readonly run?: ServerRun;
}

const boom = { name: 'Error', message: 'boom' };

describe('a running server that dies by itself', () => {
  const cases: Case[] = [
    {
      what: 'throws',
      act: '/throw',
      exited: { cause: 'crash', code: 1, signal: null },
      error: { ...boom, causeChain: [expect.objectContaining({ message: 'the reason' })] },
    },
    {
      what: 'rejects',
      act: '/reject',
      exited: { cause: 'rejection', code: 1, signal: null },
      error: { name: 'RangeError', message: 'refused' },
    },
    {
      what: 'exits with 3',
      act: '/exit/3',
      exited: { cause: 'exit', code: 3, signal: null },
      error: null,
    },
    {
      what: 'exits with 0',
      act: '/exit/0',
      exited: { cause: 'clean-exit', code: 0, signal: null },
      error: null,
    },
    {
      what: 'exhausts its heap',
      act: '/heap',
      exited: { cause: 'oom-heap' },
      error: null,
      run: { flags: ['--node-arg', '--max-old-space-size=40'] },
    },
  ];

  it.each(cases)('is started again and reported when it $what', async (given) => {
    const session = await runServer('acts.cjs', given.run);
    const { pid } = await session.ready();
    await session.act(given.act);
    const exited = await session.exited();
    expect(exited).toMatchObject({ ...given.exited, pid, phase: 'running', expected: false });
    expect(exited['evidence']).toContain('phase running');
    await session.ready(2);
    expect(await session.stop()).toEqual({ code: 0, signal: null });
    expect(await session.exited(2)).toMatchObject({ cause: 'session-end', expected: true });
    const [report] = session.reports();
    expect(report).toMatchObject({ cause: given.exited['cause'], phase: 'running', pid });
    expect(report).toMatchObject({ error: given.error === null ? null : (given.error ?? {}) });
    expect(report).toMatchObject({ nextAction: { kind: 'restart', delayMs: 0 }, occurrences: 1 });
    await assertNoLeaks();
  });

  it('shows in its report the lines it wrote last and the place in its code', async () => {
    const session = await runServer('acts.cjs');
    await session.ready();
    await session.act('/stderr/the%20disk%20is%20gone');
    await session.act('/throw');
    await session.ready(2);
    await session.stop();
    const [report] = session.reports();
    expect(report).toMatchObject({
      sourceFrame: { file: expect.stringContaining('acts.cjs'), function: 'Immediate.fail' },
    });
    expect(report?.['outputTail']).toContain('the disk is gone');
    await assertNoLeaks();
  });

  it('loses neither its last line nor its crash report when both come with the end', async () => {
    const directory = await makeTempDirectory({
      'last.cjs': `
        require('node:http').createServer((q, r) => {
          r.end();
          if (q.url !== '/now') return;
          process.stdout.write('x'.repeat(200_000) + '\\nlast line\\n');
          process.stderr.write('last error\\n');
          throw new Error('at once');
        }).listen(process.env.PORT);`,
    });
    const session = await runServer(join(directory, 'last.cjs'));
    await session.ready();
    await session.act('/now');
    await session.ready(2);
    await session.stop();
    const [report] = session.reports();
    expect(report).toMatchObject({ error: { message: 'at once' } });
    expect(report?.['outputTail']).toEqual(expect.arrayContaining(['last line', 'last error']));
    await assertNoLeaks();
  });
});

describe('a running server that is killed', () => {
  it.each(['SIGKILL', 'SIGTERM', 'SIGSEGV', 'SIGINT'] as const)(
    'from outside with %s dies of a signal and is started again',
    async (signal) => {
      const session = await runServer('acts.cjs');
      const { pid } = await session.ready();
      process.kill(pid as number, signal);
      expect(await session.exited()).toMatchObject({
        cause: 'signal',
        code: null,
        signal,
        phase: 'running',
        expected: false,
      });
      await session.ready(2);
      expect(await session.stop()).toMatchObject({ code: 0 });
      await assertNoLeaks();
    },
  );
});

describe('a running server that hangs', () => {
  it('is killed after the silence it is granted, and not before', async () => {
    const session = await runServer('acts.cjs', { set: ['heartbeat.silenceSeconds=1'] });
    await session.ready();
    await session.act('/hang');
    const hung = await session.event('hang.detected');
    // A timer may be early by the length of one turn of the event loop.
    expect(hung['silenceMs']).toBeGreaterThanOrEqual(900);
    expect(await session.exited()).toMatchObject({
      cause: 'hang',
      phase: 'running',
      expected: false,
    });
    await session.ready(2);
    await session.stop();
    expect(await session.ofType('hang.detected')).toHaveLength(1);
    expect(await session.ofType('poll.failed')).toEqual([]);
    await assertNoLeaks();
  });

  it('is killed even when it was stopped by a signal', async () => {
    const session = await runServer('acts.cjs', { set: ['heartbeat.silenceSeconds=0.8'] });
    const { pid } = await session.ready();
    process.kill(pid as number, 'SIGSTOP');
    expect(await session.exited()).toMatchObject({ cause: 'hang', pid });
    await session.ready(2);
    await session.stop();
    await assertNoLeaks();
  });

  it('is left alone when the monitor itself was stopped for longer', async () => {
    const session = await runServer('acts.cjs', { set: ['heartbeat.silenceSeconds=0.5'] });
    await session.ready();
    session.vigil.child.kill('SIGSTOP');
    await startNode(['-e', 'setTimeout(() => undefined, 2000)']).waitForExit();
    session.vigil.child.kill('SIGCONT');
    await session.get('/slow/700');
    await session.stop();
    expect(await session.ofType('hang.detected')).toEqual([]);
    expect(await session.ofType('worker.forked')).toHaveLength(1);
    await assertNoLeaks();
  });
});

describe('a server that handles its own errors', () => {
  const survivors = [
    ['uncaughtException', '/throw'],
    ['unhandledRejection', '/reject'],
  ];

  it.each(survivors)('with %s lives on, and the error is told as handled', async (event, act) => {
    const session = await runServer('own-handlers.cjs', { args: [event, 'survive'] });
    const { pid } = await session.ready();
    await session.act(act);
    const detected = await session.event('crash.detected');
    expect(detected).toMatchObject({ handled: true, error: { message: 'boom' } });
    await session.vigil.waitForLine(/own handler: boom/);
    expect(await session.get()).toMatchObject({ status: 200 });
    await session.stop();
    expect(await session.ofType('worker.exited')).toMatchObject([{ pid, cause: 'session-end' }]);
    await assertNoLeaks();
  });

  it.each(survivors)(
    'with %s and then dies of something else, dies of that',
    async (event, act) => {
      const session = await runServer('own-handlers.cjs', { args: [event, 'survive'] });
      const { pid } = await session.ready();
      await session.act(act);
      await session.event('crash.detected');
      process.kill(pid as number, 'SIGKILL');
      expect(await session.exited()).toMatchObject({ cause: 'signal', signal: 'SIGKILL' });
      await session.ready(2);
      await session.stop();
      await assertNoLeaks();
    },
  );

  it.each([
    ['uncaughtException', '/throw', 'crash'],
    ['unhandledRejection', '/reject', 'rejection'],
  ])('with %s by ending is started again', async (event, act, cause) => {
    const session = await runServer('own-handlers.cjs', { args: [event, 'exit'] });
    await session.ready();
    await session.act(act);
    expect(await session.exited()).toMatchObject({ cause, code: 7, expected: false });
    await session.ready(2);
    await session.stop();
    expect(await session.ofType('crash.detected')).toHaveLength(1);
    await assertNoLeaks();
  });
});
