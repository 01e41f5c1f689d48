import { join } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { runVigil } from '../support/spawn-vigil.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { runServer, type Session } from '../session-process/run-server.ts';

interface Step {
  readonly event: string;
  readonly cause: string | null;
  readonly decision: string | null;
  readonly delayMs: number | null;
  readonly attempt: number | null;
}

const SETTINGS = [
  'polling.route=/health',
  'polling.intervalSeconds=0.2',
  'heartbeat.intervalSeconds=0.2',
  'heartbeat.silenceSeconds=2',
  'restart.backoff.baseSeconds=0.05',
  'restart.backoff.jitter=0',
  'restart.breaker.failures=4.5',
  'restart.breaker.halfLifeSeconds=1000',
  'restart.breaker.cooldownSeconds=0.3',
];
const SCRIPT = 'crash,exit:3,hang,health,crash,exit:125';
const ACTS = ['/throw', '/exit/3', '/hang', '/sicken', '/throw', '/exit/125'];

describe('vigil simulate', () => {
  it('says what a real session then does', async () => {
    const flags = SETTINGS.flatMap((setting) => ['--set', setting]);
    const run = await runVigil(['simulate', SCRIPT, '--json', ...flags]);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const foreseen = (JSON.parse(run.stdout) as Step[]).flatMap(tellStep);

    const session = await runServer('acts.cjs', { set: SETTINGS });
    for (const [index, path] of ACTS.entries()) {
      await session.ready(index + 1);
      await session.act(path);
    }
    expect(await session.ended()).toEqual({ code: 125, signal: null });
    expect(foreseen).toEqual(await tellSession(session));
    expect(foreseen).toContain('breaker.closed');
    await assertNoLeaks();
  });

  it('goes by the configuration at hand, within 80 columns', async () => {
    const cwd = await makeTempDirectory({
      'session.config.json': '{"restart":{"policy":"transient","breaker":{"failures":2}}}',
      'other.json': '{"restart":{"policy":"temporary"}}',
    });
    const { code, stdout } = await runVigil(['simulate', 'crash*4,20s,exit:0,hang'], { cwd });
    expect(code).toBe(0);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(stdout).toMatch(/^policy {5}transient: /);
    expect(stdout).toMatch(/\+0\.5 s {2}crash +score 3\.0 +breaker opens: next start in 300 s$/m);
    expect(stdout).toMatch(/the session ends with code 0\n\nnot reached {2}hang\n$/);
    const other = await runVigil(['simulate', 'crash', '-c', 'other.json'], { cwd });
    expect(other.stdout).toMatch(/crash +score 0\.0 +restart\.policy is "temporary"$/m);
    expect((await runVigil(['simulate', 'crash', '-c', join(cwd, 'no.json')])).code).toBe(64);
    expect((await runVigil(['simulate', 'crash', '--set', 'restart.polcy=x'])).code).toBe(64);
    await assertNoLeaks();
  });
});

/** A step in the words of the event log. */
function tellStep({ event, cause, decision, delayMs, attempt }: Step): string[] {
  const scheduled = delayMs === null ? [] : [`restart.scheduled ${attempt} ${delayMs}`];
  if (cause !== null) {
    const opened = decision === 'breakerOpens' ? ['breaker.opened'] : [];
    return [`worker.exited ${cause}`, ...opened, ...scheduled];
  }
  if (event === 'trial') return ['breaker.halfOpened'];
  return decision === 'breakerCloses' ? ['breaker.closed'] : [];
}

async function tellSession(session: Session): Promise<string[]> {
  return (await session.all()).flatMap((event) => {
    if (event.type === 'worker.exited') return [`worker.exited ${String(event['cause'])}`];
    if (event.type === 'restart.scheduled')
      return [`restart.scheduled ${String(event['attempt'])} ${String(event['delayMs'])}`];
    return event.type.startsWith('breaker.') ? [event.type] : [];
  });
}
