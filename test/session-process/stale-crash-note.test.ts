import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { runServer } from './run-server.ts';

describe('the crash note of an earlier session', () => {
  it('whose monitor was killed is removed, and says nothing of the death of a later server process', async () => {
    const error = { name: 'Error', message: 'of yesterday' };
    const note = { error, origin: 'uncaughtException', handled: false, atTopLevel: false };
    // No process has a pid beyond what the system counts to.
    const name = 'crash-note.99999999.1.json';
    const directory = await makeTempDirectory({ [name]: JSON.stringify(note) });
    const session = await runServer('acts.cjs', { flags: ['--state-dir', directory] });
    const { pid } = await session.ready();
    process.kill(Number(pid), 'SIGKILL');
    expect(await session.exited()).toMatchObject({ cause: 'signal', signal: 'SIGKILL' });
    await session.stop();
    expect(existsSync(join(directory, name))).toBe(false);
    expect(session.reports()).toMatchObject([{ cause: 'signal', error: null }]);
    await assertNoLeaks();
  });
});
