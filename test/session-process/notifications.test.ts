import { join } from 'node:path';
import { MailCatcher } from '../notify-process/mail-catcher.ts';
import { type CaughtRequest, isSigned, WebhookCatcher } from '../notify-process/webhook-catcher.ts';
import { assertNoLeaks } from '../support/assert-no-leaks.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { waitUntil } from '../support/wait-until.ts';
import { runServer, type Session } from './run-server.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const MAIL_TO = ['--mail-to', 'ops@shop.example'];

let hook: WebhookCatcher;
let mails: MailCatcher;

beforeEach(async () => {
  hook = await WebhookCatcher.listen();
  mails = await MailCatcher.listen();
});

afterEach(async () => {
  await Promise.all([hook.close(), mails.close()]);
  await assertNoLeaks();
});

function webhook(url: string): string[] {
  return [`webhook=${JSON.stringify({ url, secret: SECRET })}`];
}

function subjects({ caught }: MailCatcher): string[] {
  return caught.map(({ source }) => {
    const folded = /^Subject: (.*(?:\r\n[ \t].*)*)/m.exec(source)?.[1] ?? '';
    return folded.replace(/\r\n[ \t]/g, ' ');
  });
}

/** What the status says of mail, once so many wait on disk. */
function mailOnceSpooled(session: Session, count: number): Promise<object> {
  let mail: { readonly spooled?: number } = {};
  return waitUntil(
    async () => {
      ({ mail } = await session.vigil.status<{ mail: typeof mail }>());
      return mail.spooled === count ? mail : undefined;
    },
    () => `not ${count} in the spool: ${JSON.stringify(mail)}`,
  );
}

describe('a session with a webhook and no mail', () => {
  it('sends a signed crash report, stays silent on planned actions, and can be tried', async () => {
    const session = await runServer('acts.cjs', {
      set: webhook(hook.url),
      env: { PAYMENT_TOKEN: 'pssst-very-secret' },
    });
    await session.ready();
    expect(await session.vigil.vigil('restart')).toMatchObject({ code: 0 });
    await session.act('/fail/pssst-very-secret');
    await session.event('webhook.sent');
    expect(hook.bodies).toMatchObject([
      {
        type: 'crash',
        session: expect.any(String),
        text: expect.stringContaining('crash: Error: [PAYMENT_TOKEN masked]'),
        report: { cause: 'crash', generation: 2, error: { name: 'Error' } },
      },
    ]);
    expect(hook.caught.every((request: CaughtRequest) => isSigned(request, SECRET))).toBe(true);

    const status = await session.vigil.status();
    expect(status['mail']).toEqual({ configured: false, lastAcceptedAt: null, spooled: 0 });
    expect(status['webhook']).toMatchObject({ lastAcceptedAt: expect.any(String), spooled: 0 });
    const tried = await session.vigil.vigil('test-alert', '--json');
    expect(JSON.parse(tried.stdout)).toEqual({
      mail: null,
      webhook: { ok: true, response: '204 No Content' },
    });
    hook.answer = () => ({ status: 401, text: 'who?' });
    expect(await session.vigil.vigil('test-alert')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('401 Unauthorized: who?'),
    });
    await session.stop();
    // The server's own output is passed on as it is.
    const said = session.vigil.lines.filter((line) => line.includes('__monitor__'));
    const written = JSON.stringify([hook.caught, await session.all(), said]);
    expect(written).not.toMatch(/pssst-very-secret|whsec_/);
    expect(hook.bodies.map(({ type }) => type)).toEqual(['crash', 'test', 'test']);
  });
});

describe('a session with mail and webhook', () => {
  it('tells a crash once and the many that follow in one digest, on each with the right count', async () => {
    const session = await runServer('crashes-often.cjs', {
      set: [
        ...webhook(hook.url),
        'restart.breaker.failures=1000',
        'restart.backoff.maxSeconds=0.05',
      ],
      flags: [...MAIL_TO, '--smtp', mails.transport],
    });
    const deaths = 12;
    for (let generation = 1; generation <= deaths; generation += 1)
      await session.exited(generation);
    await session.stop();
    const crashes = (await session.ofType('crash.reported')).length;
    expect(crashes).toBeGreaterThanOrEqual(deaths);
    const digest = expect.stringContaining(`${String(crashes - 1)} more of the same`);
    expect(subjects(mails).sort()).toEqual([
      digest,
      expect.stringMatching(/crash: Error: once more$/),
      expect.stringMatching(/session started, its key$/),
    ]);
    expect(hook.bodies).toMatchObject([{ type: 'crash' }, { type: 'digest', count: crashes - 1 }]);
  });

  it('goes on restarting and calling while the mail server hangs, and mails each once when it is up', async () => {
    const stateDirectory = join(await makeTempDirectory(), 'state');
    const flags = ['--state-dir', stateDirectory, ...MAIL_TO];
    const hanging = await MailCatcher.listen({ onConnect: () => undefined });
    const first = await runServer('acts.cjs', {
      set: webhook(hook.url),
      flags: [...flags, '--smtp', hanging.transport],
    });
    await first.ready();
    await first.act('/throw');
    await first.ready(2);
    await first.act('/reject');
    await first.ready(3);
    await waitUntil(
      () => (hook.caught.length === 2 ? true : undefined),
      () => JSON.stringify(hook.bodies),
    );
    expect(await mailOnceSpooled(first, 3)).toMatchObject({ lastAcceptedAt: null });
    await first.stop();
    await hanging.close();

    const second = await runServer('acts.cjs', { flags: [...flags, '--smtp', mails.transport] });
    await waitUntil(
      () => (mails.caught.length >= 4 ? true : undefined),
      () => JSON.stringify(subjects(mails)),
    );
    // The mail server has it before the session knows that it has.
    await mailOnceSpooled(second, 0);
    second.vigil.child.kill('SIGTERM');
    await second.vigil.waitForExit();
    const ids = mails.caught.map(({ source }) => /^Message-ID: (.*)$/im.exec(source)?.[1]);
    expect(new Set(ids).size).toBe(4);
    expect(subjects(mails)).toHaveLength(4);
    expect(subjects(mails).filter((subject) => subject.includes('its key'))).toHaveLength(2);
    expect(subjects(mails).join()).toMatch(/crash: Error: boom.*rejection: RangeError: refused/);
    expect(hook.caught).toHaveLength(2);
  });
});
