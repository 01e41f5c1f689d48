import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { runVigil } from '../support/spawn-vigil.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { runServer, type Session } from '../session-process/run-server.ts';

const SETTINGS = [
  'polling.route=/health',
  'restart.backoff.baseSeconds=0.05',
  'restart.backoff.jitter=0.5',
  'restart.breaker.failures=2',
  'restart.breaker.halfLifeSeconds=1000',
  'memory.limitMb=2000',
];

function explain(session: Session, ...flags: readonly string[]): ReturnType<typeof runVigil> {
  return runVigil(['explain', '--state-dir', session.vigil.stateDirectory, ...flags]);
}

async function explainJson(session: Session): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await explain(session, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe('vigil explain', () => {
  it('says what the next death would lead to, and by which numbers', async () => {
    const session = await runServer('acts.cjs', { set: SETTINGS });
    await session.ready();
    expect((await explain(session)).stdout).toMatch(/^If server #1 dies now: restart at once\.\n/);

    await session.act('/fail/first');
    await session.ready(2);
    await session.event('crash.reported', 1);
    expect(await explainJson(session)).toMatchObject({
      state: 'running',
      slot: 'running',
      policy: { policy: 'permanent', stopOn: [125] },
      breaker: { state: 'closed', threshold: 2, halfLifeMs: 1_000_000, nextRetryInMs: null },
      next: {
        failure: { decision: 'restart', delayMs: 50, delayRangeMs: [25, 75], attempt: 1 },
      },
      worker: { generation: 2 },
      deadlines: [{ name: 'silence', generation: 2 }],
      polling: { failures: 0, failureTolerance: 2, window: null },
      memory: { limitBytes: 2000 * 1024 * 1024, samplesAbove: 0, samplesTolerated: 2 },
      lastDeath: {
        generation: 1,
        cause: 'crash',
        phase: 'running',
        reportId: expect.any(String),
        evidence: expect.arrayContaining(['crash note: uncaughtException: Error: first']),
      },
    });

    await session.act('/throw');
    await session.ready(3);
    const next = { decision: 'breakerOpens', delayMs: 300_000, attempt: 2 };
    expect(await explainJson(session)).toMatchObject({ next: { failure: next } });
    await session.act('/throw');
    await session.event('breaker.opened');
    expect(await explainJson(session)).toMatchObject({
      state: 'broken',
      next: null,
      worker: null,
      deadlines: [{ name: 'retry', generation: null, inMs: expect.any(Number) }],
    });
    const { stdout } = await explain(session);
    expect(stdout).toMatch(/^No server is running: the breaker is open/);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    await session.stop();
    expect(await explain(session)).toMatchObject({ code: 69, stdout: '' });
    await assertNoLeaks();
  });

  it('changes nothing by asking, and is a command of the console as well', async () => {
    const session = await runServer('acts.cjs', { set: SETTINGS });
    await session.ready();
    const seen = (await session.all()).length;
    for (let n = 0; n < 3; n += 1) await explain(session);
    const directory = session.vigil.stateDirectory;
    const typed = await runVigil(['console', '--state-dir', directory], { input: 'explain\n' });
    expect(typed.stdout).toContain('If server #1 dies now: restart at once.');
    expect(await explainJson(session)).toMatchObject({ breaker: { score: 0, attempt: 0 } });
    expect(await session.all()).toHaveLength(seen);
    await session.stop();
    await assertNoLeaks();
  });

  it('says with 69 that there is no session', async () => {
    const run = await runVigil(['explain', '--name', 'nosuch'], { cwd: await makeTempDirectory() });
    expect(run).toMatchObject({ code: 69, stdout: '' });
    expect(run.stderr).toMatch(/nosuch/);
    await assertNoLeaks();
  });
});
