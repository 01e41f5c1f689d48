import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { runServer } from './run-server.ts';

describe('the crash note of an earlier session', () => {
  it('whose monitor was killed says nothing of the death of a later server process', async () => {
    const error = { name: 'Error', message: 'of yesterday' };
    const note = { error, origin: 'uncaughtException', handled: false, atTopLevel: false };
    const directory = await makeTempDirectory({ 'crash-note.1.json': JSON.stringify(note) });
    const session = await runServer('acts.cjs', { flags: ['--state-dir', directory] });
    const { pid } = await session.ready();
    process.kill(Number(pid), 'SIGKILL');
    expect(await session.exited()).toMatchObject({ cause: 'signal', signal: 'SIGKILL' });
    await session.stop();
    expect(session.reports()).toMatchObject([{ cause: 'signal', error: null }]);
    await assertNoLeaks();
  });
});
