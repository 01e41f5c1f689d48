import { createServer, type AddressInfo, type Server } from 'node:net';
import type { Finding } from '../../lib/cli/finding.ts';
import { inspectMail } from '../../lib/cli/inspect-mail.ts';
import { systemClock } from '../../lib/util/clock.ts';
import { MailCatcher } from '../notify-process/mail-catcher.ts';

type Options = Parameters<typeof inspectMail>[0];

function ask(transport: unknown): Promise<Finding> {
  const mail = { to: ['a@example.org'], transport } as unknown as Options['mail'];
  return inspectMail({ mail, webhook: null }, systemClock);
}

let server: Server | null = null;

async function talk(...answers: readonly string[]): Promise<string> {
  const left = [...answers];
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write(left.shift() ?? '');
    socket.on('data', () => {
      const answer = left.shift();
      if (answer === undefined) socket.end();
      else socket.write(answer);
    });
    if (answers.length === 0) socket.end();
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(async () => {
  const closing = server;
  server = null;
  if (closing !== null) await new Promise((resolve) => closing.close(resolve));
});

describe('the mail server of a configuration', () => {
  it('is greeted and left, and nothing is sent', async () => {
    const catcher = await MailCatcher.listen();
    const finding = await ask(catcher.transport);
    expect(finding).toMatchObject({ level: 'ok', text: expect.stringMatching(/answers/) });
    expect(catcher.caught).toEqual([]);
    await catcher.close();
  });

  it.each([
    [['220 hi\r\n', '250-me\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n'], 'ok', /STARTTLS, AUTH/],
    [['220 hi\r\n', '250 me\r\n'], 'warn', /no encryption/],
    [['554 go away\r\n'], 'fail', /answers "go away"/],
    [['220 hi\r\n', '502 what\r\n'], 'fail', /answers "what"/],
    [['220 hi\r\n'], 'fail', /closes the connection/],
    [[], 'fail', /closes the connection/],
    [['HTTP/1.1 400 Bad Request\r\n'], 'fail', /answers "/],
  ] as const)('that says %j is %s', async (answers, level, text) => {
    const finding = await ask(`smtp://user:secret@${await talk(...answers)}`);
    expect(finding).toMatchObject({ level, text: expect.stringMatching(text) });
    expect(finding.text).not.toContain('secret');
  });

  it('that does not speak TLS is told', async () => {
    const finding = await ask(`smtps://${await talk('220 hi\r\n')}`);
    expect(finding).toMatchObject({
      level: 'fail',
      text: expect.stringMatching(/cannot be reached/),
    });
  });

  it('that is not there is told', async () => {
    const place = await talk();
    const closing = server;
    server = null;
    await new Promise((resolve) => closing?.close(resolve));
    expect((await ask(`smtp://${place}`)).text).toMatch(/refuses the connection/);
    expect((await ask('smtp://no-such-host.invalid')).text).toMatch(/cannot be (found|reached)/);
  });

  it('is not asked where there is none', async () => {
    const webhook = { url: 'https://example.org' } as unknown as Options['webhook'];
    expect(await inspectMail({ mail: null, webhook }, systemClock)).toMatchObject({ level: 'ok' });
    expect(await inspectMail({ mail: null, webhook: null }, systemClock)).toMatchObject({
      level: 'warn',
    });
    expect(await ask({ service: 'someone' })).toMatchObject({ level: 'ok' });
  });
});
