import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from '../../lib/notify/carrier.ts';
import type { OutgoingMail } from '../../lib/notify/mail.ts';
import { createProcessMailer, type ProcessMailerOptions } from '../../lib/notify/process-mailer.ts';
import { systemClock } from '../../lib/util/clock.ts';
import { makeCertificate } from '../session-process/make-certificate.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { childrenOf } from '../support/marked-processes.ts';
import { waitUntil } from '../support/wait-until.ts';
import { MailCatcher, RawServer, smtpError } from './mail-catcher.ts';

const PROGRAM = join(__dirname, '../../dist/notify/mailer-child.js');
const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
  await assertNoLeaks();
  expect(childrenOf(process.pid)).toEqual([]);
});

async function catcher(...options: Parameters<typeof MailCatcher.listen>): Promise<MailCatcher> {
  const server = await MailCatcher.listen(...options);
  open.push(server);
  return server;
}

function mail(id: string, more: Partial<OutgoingMail> = {}): OutgoingMail {
  return {
    id,
    messageId: `<${id}@vigil.invalid>`,
    kind: 'crash',
    at: '2026-01-01T00:00:00.000Z',
    subject: `subject ${id}`,
    text: 'plain text\n',
    html: '<p>html</p>',
    onlyTo: null,
    from: 'vigil@example.com',
    to: ['a@example.com'],
    ...more,
  };
}

async function send(
  transport: ProcessMailerOptions['transport'],
  mails: readonly OutgoingMail[],
  limits: Partial<ProcessMailerOptions> = {},
): Promise<Record<string, Outcome>> {
  const mailer = createProcessMailer({
    transport,
    clock: systemClock,
    program: PROGRAM,
    ...limits,
  });
  const outcomes: Record<string, Outcome> = {};
  await mailer.send(mails, (id, outcome) => {
    outcomes[id] = outcome;
  });
  await mailer.close();
  return outcomes;
}

describe('the mailer process', () => {
  it('sends several mails in one run, with the message ids they were given', async () => {
    const server = await catcher();
    const outcomes = await send(server.transport, [mail('1'), mail('2')]);
    expect(outcomes).toMatchObject({
      1: { kind: 'accepted', response: expect.stringMatching(/^250 /), refused: [] },
      2: { kind: 'accepted' },
    });
    const [first, second] = server.caught;
    expect(first?.source).toContain('Message-ID: <1@vigil.invalid>');
    expect(first?.source).toContain('Date: Thu, 01 Jan 2026 00:00:00 +0000');
    expect(first?.source).toContain('Auto-Submitted: auto-generated');
    expect(first?.source).toContain('<p>html</p>');
    expect(second?.source).toContain('Message-ID: <2@vigil.invalid>');
  });

  it('cannot be given headers through a subject, an address or a file to read', async () => {
    const server = await catcher();
    await send(server.transport, [
      mail('1', {
        subject: 'a\r\nBcc: b@example.com\r\n\r\nbody',
        from: 'V\r\nX-Evil: 1 <vigil@example.com>',
        to: ['A\r\nCc: c@example.com <a@example.com>'],
      }),
    ]);
    const [caught] = server.caught;
    const head = caught?.source.split('\r\n\r\n')[0] ?? '';
    expect(caught?.to).not.toContain('b@example.com');
    expect(head).not.toMatch(/^(Bcc|Cc|X-Evil):/im);
  });

  it('tells apart a connection refused, and does not try the rest', async () => {
    const server = await catcher();
    const { transport } = server;
    await server.close();
    const outcomes = await send(transport, [mail('1'), mail('2')]);
    expect(outcomes).toEqual({
      1: { kind: 'unreachable', message: expect.stringContaining('ECONNREFUSED') },
    });
  });

  it('tells a refusal for now from one for good, and goes on with the next mail', async () => {
    const server = await catcher({
      onRcptTo({ address }, _session, callback) {
        if (address.startsWith('later')) callback(smtpError(451, 'greylisted, come back'));
        else if (address.startsWith('never')) callback(smtpError(550, 'no such user here'));
        else callback(null);
      },
    });
    const outcomes = await send(server.transport, [
      mail('1', { to: ['later@example.com'] }),
      mail('2', { to: ['never@example.com'] }),
      mail('3', { to: ['a@example.com', 'later@example.com', 'never@example.com'] }),
      mail('4', { to: ['later@example.com', 'never@example.com'] }),
    ]);
    expect(outcomes).toEqual({
      1: { kind: 'deferred', message: expect.stringContaining('451 greylisted, come back') },
      2: { kind: 'refused', message: expect.stringContaining('550 no such user here') },
      3: {
        kind: 'accepted',
        response: expect.stringMatching(/^250 /),
        refused: [
          {
            recipient: 'later@example.com',
            message: expect.stringContaining('451'),
            isFinal: false,
          },
          {
            recipient: 'never@example.com',
            message: expect.stringContaining('550'),
            isFinal: true,
          },
        ],
      },
      4: { kind: 'deferred', message: expect.stringContaining('451') },
    });
  });

  it('takes a refusal after the content for one of this mail', async () => {
    const server = await catcher({
      onData(stream, _session, callback) {
        stream.resume();
        stream.on('end', () => {
          callback(smtpError(554, 'looks like spam'));
        });
      },
    });
    expect(await send(server.transport, [mail('1')])).toEqual({
      1: { kind: 'refused', message: expect.stringContaining('554 looks like spam') },
    });
  });

  it('tells a refused login in the words of the server, without the password', async () => {
    const server = await catcher({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth(_auth, _session, callback) {
        callback(smtpError(535, 'who are you'));
      },
    });
    const transport = server.transport.replace('//', '//user:pa55word@');
    const outcomes = await send(transport, [mail('1')]);
    expect(outcomes['1']).toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('535 who are you'),
    });
    expect(JSON.stringify(outcomes)).not.toContain('pa55word');
  });

  it.each(['smtps', 'STARTTLS'])(
    'logs in and sends over %s, but not to a stranger',
    async (way) => {
      const folder = await makeCertificate();
      const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
      const logins: unknown[] = [];
      const server = await catcher({
        secure: way === 'smtps',
        disabledCommands: [],
        authOptional: false,
        key: read('key.pem'),
        cert: read('cert.pem'),
        onAuth({ username, password }, session, callback) {
          logins.push([username, password, session.secure]);
          callback(null, { user: username });
        },
      });
      const transport = {
        host: '127.0.0.1',
        port: Number(new URL(server.transport).port),
        secure: way === 'smtps',
        requireTLS: true,
        auth: { user: 'vigil', pass: 'pa55word' },
      };
      const tls = { ca: read('cert.pem'), servername: 'shop.example' };
      const trusted = await send({ ...transport, tls }, [mail('1')]);
      expect(trusted).toMatchObject({ 1: { kind: 'accepted', refused: [] } });
      expect(logins).toEqual([['vigil', 'pa55word', true]]);
      const strange = await send(transport, [mail('2')]);
      expect(strange).toEqual({
        2: { kind: 'unreachable', message: expect.stringMatching(/certificate/) },
      });
      expect(server.caught).toHaveLength(1);
      expect(logins).toHaveLength(1);
    },
  );

  it('takes a line that is cut after the content for no answer', async () => {
    const server = await catcher({
      onData(stream) {
        stream.resume();
        stream.on('end', () => void server.close());
      },
    });
    open.splice(open.indexOf(server), 1);
    const outcomes = await send(server.transport, [mail('1'), mail('2')]);
    expect(outcomes).toEqual({ 1: { kind: 'unreachable', message: expect.any(String) } });
  });

  it.each([
    ['never greets', () => undefined],
    ['cuts the line', (socket: { destroy(): unknown }) => void socket.destroy()],
    [
      'speaks something else',
      (socket: { end(text: string): unknown }) => void socket.end('HTTP/1.1 400 Bad\r\n\r\n'),
    ],
  ])('gives up on a server that %s', async (_what, onConnection) => {
    const server = await RawServer.listen(onConnection);
    open.push(server);
    const outcomes = await send(server.transport, [mail('1'), mail('2')], { stepTimeoutMs: 150 });
    expect(outcomes).toEqual({ 1: { kind: 'unreachable', message: expect.any(String) } });
  });

  it('gives up on a server that hangs after the content', async () => {
    const server = await catcher({
      onData(stream) {
        stream.resume();
      },
    });
    const outcomes = await send(server.transport, [mail('1')], { stepTimeoutMs: 200 });
    expect(outcomes['1']).toMatchObject({ kind: 'unreachable' });
  });

  it('is killed at the deadline when a server keeps it busy for ever', async () => {
    const server = await RawServer.listen((socket) => {
      // Never silent for as long as a step may take, and never done.
      const timer = setInterval(() => socket.write('220-wait\r\n'), 20);
      socket.on('close', () => {
        clearInterval(timer);
      });
    });
    open.push(server);
    const outcomes = await send(server.transport, [mail('1')], { deadlineMs: 400 });
    expect(outcomes['1']).toEqual({
      kind: 'unreachable',
      message: 'the mail server did not finish within 400 ms',
    });
  });

  it('is broken off by close', async () => {
    const server = await RawServer.listen(() => undefined);
    open.push(server);
    const mailer = createProcessMailer({
      transport: server.transport,
      clock: systemClock,
      program: PROGRAM,
    });
    const outcomes: Outcome[] = [];
    const sent = mailer.send([mail('1')], (_id, outcome) => outcomes.push(outcome));
    await waitUntil(
      () => (childrenOf(process.pid).length > 0 ? true : undefined),
      () => 'no process',
    );
    await mailer.close();
    await sent;
    expect(outcomes).toEqual([{ kind: 'unreachable', message: 'the sending was broken off' }]);
  });

  it.each([
    ['a program that is not there', { program: '/nowhere/mailer.js' }, /ended with code 1/],
    [
      'a transport that cannot be sent',
      { transport: { getSocket: () => undefined } },
      /cannot be used/,
    ],
  ])('makes an outcome of %s', async (_what, options, message) => {
    const outcomes = await send('smtp://127.0.0.1:1', [mail('1')], options);
    expect(outcomes['1']).toEqual({ kind: 'unreachable', message: expect.stringMatching(message) });
  });

  it('shows no secret in its arguments or environment', async () => {
    const server = await RawServer.listen(() => undefined);
    open.push(server);
    process.env['VIGIL_SOME_SECRET'] = 'do-not-pass-on';
    const transport = server.transport.replace('//', '//user:pa55word@');
    const mailer = createProcessMailer({ transport, clock: systemClock, program: PROGRAM });
    const sent = mailer.send([mail('1')], () => undefined);
    const pid = await waitUntil(
      () => childrenOf(process.pid)[0],
      () => 'no process',
    );
    const { readFile } = await import('node:fs/promises');
    const shown = await Promise.all(
      ['cmdline', 'environ'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8')),
    );
    delete process.env['VIGIL_SOME_SECRET'];
    await mailer.close();
    await sent;
    expect(shown[0]).toContain('mailer-child.js');
    expect(shown.join()).not.toMatch(/pa55word|do-not-pass-on|NODE_OPTIONS/);
  });
});
