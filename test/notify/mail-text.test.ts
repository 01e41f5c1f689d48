import { composeCrashMail } from '../../lib/notify/crash-mail.ts';
import { durationText } from '../../lib/notify/duration-text.ts';
import { oneLine, renderMail } from '../../lib/notify/mail-document.ts';
import {
  composeDigestMail,
  composeGaveUpMail,
  composeRecoveredMail,
  composeSessionKeyMail,
} from '../../lib/notify/notice-mails.ts';
import type { MailText } from '../../lib/notify/mail.ts';
import { crashReport, PROJECT } from '../report/facts.ts';

const SENDER = { name: 'shop', host: 'web1' };
type CrashMailArguments = Parameters<typeof composeCrashMail>;

function crashMail(...given: CrashMailArguments): MailText {
  return renderMail(composeCrashMail(...given));
}

const SOURCE = 'function total(cart) {\n  return cart.items;\n}';

function textOf(html: string): string {
  return html.replace(/<[^>]*>/g, '').replaceAll('&gt;', '>');
}

describe('the mail of a crash', () => {
  const mail = crashMail(
    crashReport(
      {
        error: {
          name: 'TypeError',
          message: 'cart is undefined\nreally',
          stack: `TypeError: cart is undefined\nreally\n    at total (${PROJECT}/lib/cart.js:2:10)`,
          cause: { name: 'Error', message: 'no connection', code: 'ECONNREFUSED' },
        },
      },
      { readSource: () => SOURCE, id: '20260131-235958-123-abcdef' },
    ),
    SENDER,
  );

  it('names session, cause and the first line of the error in its subject', () => {
    expect(mail.subject).toBe('[vigil] shop: crash: TypeError: cart is undefined');
  });

  it.each([
    'An uncaught exception ended the server process (exit code 1).',
    'It is restarted in 0.5 s.',
    'At lib/cart.js:2:10 in total',
    '> 2   return cart.items;',
    'Exit code: 1',
    'Uptime: 1 min 5 s',
    'Restarts so far: 2',
    `at total (${PROJECT}/lib/cart.js:2:10)`,
    'Caused by Error (ECONNREFUSED)',
    'no connection',
    'the server reported an uncaught exception',
    'GET /cart',
    'vigil crashes show 20260131-235958-123-abcdef',
  ])('says "%s" in plain text and in HTML', (text) => {
    expect(mail.text).toContain(text);
    expect(textOf(mail.html)).toContain(text);
  });

  it('cannot be given headers or markup by an error', () => {
    const message = 'x\r\nBcc: everyone@example.com\u2028\u202e<script>alert(1)</script>';
    const name = 'Err\nSubject: no';
    const hostile = crashMail(crashReport({ error: { name, message } }), {
      ...SENDER,
      name: 'a\r\nb',
    });
    expect(hostile.subject).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u);
    expect(hostile.html).not.toContain('<script>');
    const stray = crashMail(
      crashReport({ outputTail: ['\u001b[31mred\u001b[0m \u0000\u0007'] }),
      SENDER,
    );
    expect(stray.text).toMatch(/^ {2}red /m);
    expect(stray.text).not.toContain('\u0000');
  });

  it('has a subject of bounded length that never ends inside a character', () => {
    const { subject } = crashMail(crashReport({ error: { message: '😀'.repeat(5000) } }), SENDER);
    expect(Array.from(subject).length).toBeLessThanOrEqual(150);
    expect(subject).toMatch(/😀…$/u);
  });

  it.each([
    [
      { error: null, signal: 'SIGKILL', cause: 'signal' as const, code: null },
      '[vigil] shop: signal: SIGKILL',
    ],
    [{ error: null, code: 3, cause: 'exit' as const }, '[vigil] shop: exit: exit code 3'],
    [
      {
        error: null,
        code: 1,
        cause: 'health' as const,
        evidence: ['ended by the monitor: 3 polls failed: status 503'],
      },
      '[vigil] shop: health: 3 polls failed: status 503',
    ],
    [{ error: { name: 'E', message: '' } }, '[vigil] shop: crash: E'],
  ])('has a subject for %j', (facts, subject) => {
    expect(crashMail(crashReport(facts), SENDER).subject).toBe(subject);
  });
});

describe('the other mails', () => {
  it('the key of the session stands in no subject', () => {
    const mail = renderMail(
      composeSessionKeyMail('k3y', { ...SENDER, at: '2026-01-01T00:00:00.000Z' }),
    );
    expect(mail.text).toContain('k3y');
    expect(mail.subject).not.toContain('k3y');
  });

  it('a digest says how many more there were since when', () => {
    const notice = {
      fingerprint: 'f',
      reportId: 'r1',
      at: '2026-01-01T00:00:00.000Z',
      cause: 'crash',
      errorLine: 'Error: x',
    };
    const mail = renderMail(
      composeDigestMail(
        { told: [{ count: 7, isKnown: true, first: notice, last: notice }], forgotten: 0 },
        SENDER,
      ),
    );
    expect(mail.subject).toBe(
      '[vigil] shop: 7 more of the same since 2026-01-01T00:00:00.000Z: Error: x',
    );
    expect(mail.text).toContain('vigil crashes show r1');
  });

  it('"gave up" says that the server is down and when it is tried again', () => {
    const facts = {
      at: '2026-01-01T00:00:00.000Z',
      cause: 'crash' as const,
      failures: 6,
      reportId: 'r1',
      errorLine: 'Error: x',
    };
    const waiting = renderMail(composeGaveUpMail({ ...facts, nextTrialMs: 300_000 }, SENDER));
    expect(waiting.subject).toBe('[vigil] shop: DOWN, gave up restarting: Error: x');
    expect(waiting.text).toContain(
      'The next trial start is in 5 min. vigil restart starts it at once.',
    );
    expect(renderMail(composeGaveUpMail({ ...facts, nextTrialMs: null }, SENDER)).text).toContain(
      'The session ends',
    );
  });

  it('"recovered" says how long it was down', () => {
    const mail = renderMail(
      composeRecoveredMail({ at: '2026-01-01T00:00:00.000Z', downMs: 605_000, pid: 7 }, SENDER),
    );
    expect(mail.subject).toBe('[vigil] shop: recovered after 10 min 5 s');
  });
});

describe('durationText', () => {
  it.each([
    [0, '0 s'],
    [12, '12 ms'],
    [500, '0.5 s'],
    [9_960, '10 s'],
    [59_900, '1 min'],
    [65_000, '1 min 5 s'],
    [7_260_000, '2 h 1 min'],
    [180_000_000, '2 d 2 h'],
  ])('says %d ms as %s', (durationMs, text) => {
    expect(durationText(durationMs)).toBe(text);
  });
});

describe('oneLine', () => {
  it('is quick on a long text', () => {
    expect(oneLine('a\n'.repeat(1e6), 10)).toBe('a a a a a…');
  });
});
