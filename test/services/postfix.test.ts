import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MailCatcher } from '../notify-process/mail-catcher.ts';
import { makeCertificate } from '../session-process/make-certificate.ts';
import { runServer } from '../session-process/run-server.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { itWhere } from '../support/it-where.ts';
import { waitUntil } from '../support/wait-until.ts';
import { HAS_POSTFIX, Postfix } from './postfix.ts';

let behind: MailCatcher;
let postfix: Postfix | null = null;

beforeEach(async () => {
  behind = await MailCatcher.listen();
});

afterEach(async () => {
  await postfix?.stop();
  postfix = null;
  await behind.close();
  await assertNoLeaks();
});

describe('a mail that goes through a real Postfix', () => {
  itWhere(HAS_POSTFIX, 'no postfix, or not root')(
    'arrives behind it as it was written, over STARTTLS',
    async () => {
      const certificate = await makeCertificate();
      const relayPort = Number(new URL(behind.transport).port);
      postfix = await Postfix.start({ relayPort, certificate });
      const transport = {
        host: '127.0.0.1',
        port: postfix.port,
        requireTLS: true,
        tls: {
          ca: readFileSync(join(certificate, 'cert.pem'), 'utf8'),
          servername: 'shop.example',
        },
      };
      const mail = { to: ['ops@shop.example'], transport, sendSessionKey: false };
      const session = await runServer('acts.cjs', { set: [`mail=${JSON.stringify(mail)}`] });
      await session.ready();
      const message = `.ünïcode 😀 ${'long '.repeat(300)}end`;
      await session.act(`/stderr/${encodeURIComponent(`.\nFrom here\n${message}`)}`);
      await session.act('/throw');
      const sent = await session.event('mail.sent');
      expect(sent['response']).toMatch(/^250 2\.0\.0 Ok: queued as/);
      const tried = await session.vigil.vigil('test-alert');
      expect(tried.stdout).toMatch(/^mail: accepted by the mail server: 250 2\.0\.0 Ok: queued as/);
      await session.stop();
      await waitUntil(
        async () => (behind.caught.length === 2 ? true : undefined),
        () => `${String(behind.caught.length)} mails came through`,
      );

      const [crash = ''] = behind.caught.map(({ source }) => source);
      expect(crash).toContain(`Message-ID: ${String(sent['messageId'])}`);
      expect(crash).toMatch(/^Received: .*\r\n(?:[ \t].*\r\n)*?[ \t].*using TLSv1/m);
      const text = decodePart(crash, 'text/plain');
      expect(text).toContain('  .\n  From here\n');
      expect(text).toContain(message.slice(0, 200));
      expect(text).toMatch(/vigil crashes show \S+/);
      expect(decodePart(crash, 'text/html')).toContain('<h1 ');
    },
  );
});

/** The content of one part of a mail with several. */
function decodePart(source: string, type: string): string {
  const boundary = /boundary="([^"]+)"/.exec(source)?.[1] ?? 'none';
  const part = source.split(`--${boundary}`).find((one) => one.includes(`Content-Type: ${type}`));
  const [head = '', ...rest] = (part ?? '').split('\r\n\r\n');
  const body = rest.join('\r\n\r\n');
  const bytes = /base64/i.test(head)
    ? Buffer.from(body, 'base64')
    : Buffer.from(
        body
          .replace(/=\r\n/g, '')
          .replace(/=([0-9A-F]{2})/g, (_all, hex: string) =>
            String.fromCharCode(parseInt(hex, 16)),
          ),
        'latin1',
      );
  return bytes.toString('utf8').replaceAll('\r\n', '\n');
}
