import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { childrenOf, isAlive } from '../support/marked-processes.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { waitUntil } from '../support/wait-until.ts';
import { MailCatcher, RawServer } from './mail-catcher.ts';

const MONITOR = join(__dirname, '../fixtures/notify/monitor.cjs');

interface MonitorResult {
  readonly events: { readonly type: string; readonly kind: string }[];
  readonly hasNodemailer: boolean;
  readonly status: { readonly spooled: number };
}

async function runMonitor(...args: string[]): Promise<MonitorResult> {
  const { stdout } = await promisify(execFile)(process.execPath, [MONITOR, ...args]);
  return JSON.parse(stdout) as MonitorResult;
}

describe('the mails of a monitor', () => {
  afterEach(() => assertNoLeaks());

  it('wait on disk while the mail server is down, and arrive once when it is up, after a restart', async () => {
    const directory = await makeTempDirectory();
    const down = await MailCatcher.listen();
    await down.close();
    const first = await runMonitor(down.transport, directory);
    expect(first.events.map(({ type }) => type)).toEqual(['mail.queued', 'mail.failed']);
    expect(first.status.spooled).toBe(1);

    const [file = ''] = await readdir(join(directory, 'spool'));
    expect((await stat(join(directory, 'spool', file))).mode & 0o777).toBe(0o600);
    const { messageId } = JSON.parse(await readFile(join(directory, 'spool', file), 'utf8')) as {
      messageId: string;
    };

    const up = await MailCatcher.listen();
    const second = await runMonitor(up.transport, directory, 'quiet');
    const third = await runMonitor(up.transport, directory, 'quiet');
    await up.close();
    expect(second.events.map(({ type }) => type)).toEqual(['mail.sent']);
    expect(third.events).toEqual([]);
    expect(up.caught.map(({ source }) => source.includes(`Message-ID: ${messageId}`))).toEqual([
      true,
    ]);
  });

  it('are sent without the mail library in the memory of the monitor', async () => {
    const server = await MailCatcher.listen();
    const result = await runMonitor(server.transport, await makeTempDirectory());
    await server.close();
    expect(result.events.map(({ type }) => type)).toEqual(['mail.queued', 'mail.sent']);
    expect(result.hasNodemailer).toBe(false);
    expect(server.caught[0]?.source).toContain('k3y');
  });

  it('leave no process behind when the monitor is killed while a mail server hangs', async () => {
    const server = await RawServer.listen(() => undefined);
    const monitor = spawn(process.execPath, [
      MONITOR,
      server.transport,
      await makeTempDirectory(),
      'hang',
    ]);
    const mailer = await waitUntil(
      () => childrenOf(monitor.pid ?? 0)[0],
      () => 'no mailer process',
    );
    monitor.kill('SIGKILL');
    await once(monitor, 'close');
    await waitUntil(
      () => (isAlive(mailer) ? undefined : true),
      () => 'the mailer process lives on',
    );
    await server.close();
  });
});
