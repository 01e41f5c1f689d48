import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { composeCrashMail } from '../../lib/notify/crash-mail.ts';
import { renderMail } from '../../lib/notify/mail-document.ts';
import type { CrashReport } from '../../lib/report/crash-report.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { runServer, type ServerRun, type Session } from './run-server.ts';

interface Case {
  readonly what: string;
  readonly entry?: string;
  readonly run?: ServerRun;
  /** What it is asked to do to itself, or the signal it is sent; of none it dies at its start. */
  readonly act?: string;
  readonly cause: string;
  /** Where it tells most: part of one sentence. */
  readonly telling: string;
}

const HEALTH = ['polling.route=/health', 'polling.failureTolerance=0'];
const SMALL_HEAP = ['--node-arg', '--max-old-space-size=40'];
const IMPATIENT = { set: ['startup.deadlineSeconds=0.6'] };

const CASES: readonly Case[] = [
  { what: 'SIGKILL', act: 'SIGKILL', cause: 'signal', telling: 'signal SIGKILL: no process can' },
  { what: 'SIGSEGV', act: 'SIGSEGV', cause: 'signal', telling: 'signal SIGSEGV: memory that is' },
  {
    what: 'process.abort()',
    act: '/abort',
    cause: 'signal',
    telling: 'signal SIGABRT: it gave up',
  },
  { what: 'exit code 3', act: '/exit/3', cause: 'exit', telling: 'exit code 3' },
  { what: 'exit code 0', act: '/exit/0', cause: 'clean-exit', telling: 'exit code 0' },
  { what: 'a throw', act: '/throw', cause: 'crash', telling: 'uncaughtException: Error: boom' },
  { what: 'a rejection', act: '/reject', cause: 'rejection', telling: 'RangeError: refused' },
  {
    what: 'a throw at the top of a module',
    entry: 'throws.mjs',
    cause: 'crash',
    telling: 'thrown while the module was evaluated',
  },
  {
    what: 'polls that fail',
    run: { set: HEALTH },
    act: '/sicken',
    cause: 'health',
    telling: '1 polls failed: status 500',
  },
  {
    what: 'a start that never listens',
    entry: 'never-listens.cjs',
    run: IMPATIENT,
    cause: 'start-timeout',
    telling: 'it has not listened on any port',
  },
  {
    what: 'a start that ends at once',
    entry: 'ends.cjs',
    run: { args: ['9'] },
    cause: 'exit',
    telling: 'exit code 9: node was given a flag',
  },
  {
    what: 'a module that waits for ever',
    entry: 'never-settles.mjs',
    cause: 'exit',
    telling: 'exit code 13: an await at the top level',
  },
  {
    what: 'an exhausted heap',
    run: { flags: SMALL_HEAP },
    act: '/heap',
    cause: 'oom-heap',
    telling: 'JavaScript heap out of memory',
  },
  {
    what: 'an exhausted heap when nobody reads its last words',
    run: { flags: SMALL_HEAP },
    act: '/mutedheap',
    cause: 'oom-heap',
    telling: 'V8 gave up: Allocation failed - JavaScript heap out of memory',
  },
];

describe('a death by', () => {
  it.each(CASES)(
    '$what has its cause and evidence in event, log line, report and mail',
    async (given) => {
      const { entry = 'acts.cjs', run = {}, act, cause, telling } = given;
      const set = [...(run.set ?? []), 'restart.policy=temporary'];
      const session = await runServer(entry, { ...run, set });
      if (act !== undefined) await provoke(session, act);
      await session.ended();

      const exited = await session.exited();
      const isTold = expect.arrayContaining([expect.stringContaining(telling)]);
      expect(exited).toMatchObject({ cause, expected: false, evidence: isTold });
      const [first] = exited['evidence'] as string[];
      expect(session.vigil.lines.join('\n')).toContain(`ended: ${cause} (`);
      expect(session.vigil.lines.join('\n')).toContain(String(first));
      const [report] = session.reports() as unknown as CrashReport[];
      expect(report).toMatchObject({ cause, evidence: isTold });
      const sender = { name: 'shop', host: 'here' };
      const mail = renderMail(composeCrashMail(report as CrashReport, sender));
      expect(mail.subject).toContain(`: ${cause}: `);
      expect(unwrap(mail.text)).toContain(telling);
      await assertNoLeaks();
    },
  );
});

describe('an exhausted heap', () => {
  it('leaves its diagnostic report beside the crash report, without a value of the environment', async () => {
    const session = await runServer('acts.cjs', {
      flags: SMALL_HEAP,
      env: { SHOP_COLOR: 'quite-an-ordinary-green', SHOP_TOKEN: 'nobody-must-see-this' },
    });
    await session.ready();
    await session.act('/heap');
    await session.ready(2);
    await session.stop();
    const [report] = session.reports() as unknown as CrashReport[];
    const path = report?.files.diagnosticReport ?? '';
    expect(path).toBe(
      join(session.vigil.stateDirectory, 'crashes', report?.id ?? '', 'diagnostic-report.json'),
    );
    const text = readFileSync(path, 'utf8');
    expect(JSON.parse(text)).toMatchObject({ header: { trigger: 'OOMError' } });
    expect(text).not.toMatch(/ordinary-green|nobody-must-see/);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(report?.evidence).toContainEqual(
      expect.stringMatching(/\d+ MB of heap in use at the end/),
    );
    expect(report?.files.heapSnapshot).toBeUndefined();
    expect(leftOf(session)).toEqual([]);
    expect((await session.vigil.vigil('crashes', 'clear')).code).toBe(0);
    expect(readdirSync(join(session.vigil.stateDirectory, 'crashes'))).toEqual([]);
    await assertNoLeaks();
  });

  it('leaves a whole heap snapshot when that is wished for', async () => {
    const session = await runServer('acts.cjs', {
      flags: SMALL_HEAP,
      set: ['crashReports.heapSnapshot=true'],
    });
    await session.ready();
    await session.act('/heap');
    await session.ready(2);
    await session.stop();
    expect(await session.exited()).toMatchObject({ cause: 'oom-heap' });
    const [report] = session.reports() as unknown as CrashReport[];
    const snapshot = report?.files.heapSnapshot ?? '';
    expect(JSON.parse(readFileSync(snapshot, 'utf8'))).toHaveProperty('snapshot.node_count');
    expect(statSync(snapshot).mode & 0o777).toBe(0o600);
    expect(existsSync(report?.files.diagnosticReport ?? '')).toBe(true);
    expect(leftOf(session)).toEqual([]);
    await assertNoLeaks();
  });

  it('is no hang while the snapshot is written, however long the loop is blocked by it', async () => {
    const session = await runServer('acts.cjs', { set: ['heartbeat.silenceSeconds=0.5'] });
    await session.ready();
    await session.act('/dump/1500');
    expect(await session.get()).toMatchObject({ status: 200 });
    await session.stop();
    expect(await session.ofType('hang.detected')).toEqual([]);
    expect(await session.ofType('worker.forked')).toHaveLength(1);
    await assertNoLeaks();
  });
});

async function provoke(session: Session, act: string): Promise<void> {
  const { pid } = await session.ready();
  if (act.startsWith('/')) await session.act(act);
  else process.kill(pid as number, act);
}

/** What Node has written and nobody has taken away. */
function leftOf(session: Session): string[] {
  return readdirSync(session.vigil.stateDirectory).filter((name) => /^(report|Heap)\./.test(name));
}

/** Mails are wrapped for a phone. */
function unwrap(text: string): string {
  return text.replace(/\s+/g, ' ');
}
