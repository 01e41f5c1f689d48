import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { request } from '../support/request.ts';
import { startNode } from '../support/start-child.ts';
import { portOf } from './port-of.ts';
import { makeProject, VIGIL } from './project-sandbox.ts';

describe('example 04-crash-mail', () => {
  it('prints the mail about the crash with the line of source it came from', async () => {
    const cwd = await makeProject(['express', 'smtp-server'], '04-crash-mail');
    const mailbox = startNode(['mailbox.js'], { cwd, env: { SMTP_PORT: '0' } });
    const smtpPort = (await mailbox.waitForLine(/the mailbox is open on port (\d+)/))[1] ?? '';
    const vigil = startNode(
      [VIGIL, 'run', 'server.js', '--port', '0', '--smtp', `smtp://127.0.0.1:${smtpPort}`],
      { cwd },
    );
    await mailbox.waitForLine(/^Subject: \[vigil\] tea-shop-mail: session started, its key$/);

    const port = await portOf(vigil, 1);
    await expect(request(`http://127.0.0.1:${port}/checkout`)).rejects.toThrow();
    await mailbox.waitForLine(/^Subject: .* crash: TypeError: .* \(reading 'items'\)$/);
    await mailbox.waitForLine(/^=== a mail for on-call@shop\.example ===$/);
    await mailbox.waitForLine(/> 17 {3}return basket\.items\.reduce/);
    await mailbox.waitForLine(/^ {2}checking out basket 17$/);
    await portOf(vigil, 2);

    vigil.kill('SIGINT');
    expect(await vigil.waitForExit()).toEqual({ code: 0, signal: null });
    mailbox.kill('SIGTERM');
    await mailbox.waitForExit();
    await assertNoLeaks();
  });
});
