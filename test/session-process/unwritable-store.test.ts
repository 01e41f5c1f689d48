import { join } from 'node:path';
import { MailCatcher } from '../notify-process/mail-catcher.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { waitUntil } from '../support/wait-until.ts';
import { runServer } from './run-server.ts';

describe('a crash whose report cannot be written', () => {
  it('is told all the same: by an event that says so, by mail, and the server is started again', async () => {
    const catcher = await MailCatcher.listen();
    const directory = await makeTempDirectory({ full: 'a file, where no folder can be made' });
    const mail = { to: ['ops@example.org'], from: 'a@example.org', transport: catcher.transport };
    const session = await runServer('acts.cjs', {
      set: [
        `crashReports.directory=${join(directory, 'full/crashes')}`,
        `mail=${JSON.stringify(mail)}`,
      ],
    });
    await session.ready();
    await session.act('/fail/of%20this');
    expect(await session.event('crash.reportFailed')).toMatchObject({
      generation: 1,
      error: { code: 'ERR_REPORT_STORE' },
    });
    expect(await session.event('crash.reported')).toMatchObject({ cause: 'crash', occurrences: 1 });
    await session.ready(2);
    await waitUntil(
      () => catcher.caught.find(({ source }) => source.includes('An uncaught exception ended')),
      () => 'no crash mail was sent',
    );
    await session.vigil.stop();
    await catcher.close();
    await assertNoLeaks();
  });
});
