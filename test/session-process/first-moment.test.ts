import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { runServer } from './run-server.ts';

const CLEAN = { code: 0, signal: null };

describe('in the first moment of a server', () => {
  it.each(['SIGTERM', 'SIGINT'])('%s to the monitor ends the session in order', async (signal) => {
    const session = await runServer('first-moment.cjs', { args: ['signals-monitor', signal] });
    expect(await session.ended()).toEqual(CLEAN);
    const [ended] = await session.ofType('session.ended');
    expect(ended).toMatchObject({ exitCode: 0, reason: expect.stringContaining(signal) as string });
    expect(await session.ofType('worker.exited')).toMatchObject([{ cause: 'session-end' }]);
    await assertNoLeaks();
  });

  it('its last words and its end are in the report of its death', async () => {
    const flags = ['--policy', 'temporary'];
    const session = await runServer('first-moment.cjs', { args: ['dies'], flags });
    expect(await session.ended()).toEqual({ code: 3, signal: null });
    const exited = await session.ofType('worker.exited');
    expect(exited).toMatchObject([{ code: 3, cause: 'exit', phase: 'starting' }]);
    const [report] = session.reports();
    expect(report?.['outputTail']).toEqual(['a first word', 'a last word']);
    expect(report?.['uptimeMs']).toBeGreaterThan(0);
    await assertNoLeaks();
  });

  it('its output arrives whole and in its order', async () => {
    const session = await runServer('first-moment.cjs', { args: ['speaks-and-serves'] });
    await session.ready();
    await session.stop();
    const said = session.vigil.lines.filter((line) => line.startsWith('line '));
    expect(said).toEqual(Array.from({ length: 200 }, (_, n) => `line ${String(n)}`));
    await assertNoLeaks();
  });
});
