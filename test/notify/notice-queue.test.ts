import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeliveryEvent } from '../../lib/notify/delivery-event.ts';
import { createMailChannel } from '../../lib/notify/mail-channel.ts';
import type { Mail, MailOptions, OutgoingMail } from '../../lib/notify/mail.ts';
import { NoticeQueue } from '../../lib/notify/notice-queue.ts';
import { createSafeMask } from '../../lib/notify/safe-mask.ts';
import { ManualClock } from '../../lib/testing/manual-clock.ts';
import { crashReport, PROJECT } from '../report/facts.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { waitUntil } from '../support/wait-until.ts';
import { ACCEPTED, DEFERRED, REFUSED, ScriptedCarrier, UNREACHABLE } from './scripted-carrier.ts';

const MAIL: MailOptions = {
  to: ['a@example.com', 'b@example.com'],
  from: 'vigil@example.com',
  transport: 'smtp://127.0.0.1:1',
  digestMs: 600_000,
  perHour: 6,
  sendSessionKey: true,
};

function createQueue(
  stateDirectory: string,
  rig: {
    readonly clock: ManualClock;
    readonly mailer: ScriptedCarrier<OutgoingMail>;
    readonly mail?: MailOptions;
    readonly mask: (text: string) => string;
    readonly onEvent: (event: DeliveryEvent) => void;
  },
): NoticeQueue<Mail> {
  const { clock, mailer, mail = MAIL, onEvent } = rig;
  const mask = createSafeMask(rig.mask);
  const channel = createMailChannel({ name: 'shop', mail, stateDirectory, clock, mailer, mask });
  return new NoticeQueue({ channel, clock, mask, onEvent });
}

class Rig {
  readonly clock = new ManualClock();
  readonly mailer = new ScriptedCarrier<OutgoingMail>();
  readonly events: DeliveryEvent[] = [];
  readonly directory: string;
  readonly queue: NoticeQueue<Mail>;

  constructor(directory: string, mail: MailOptions = MAIL) {
    this.directory = directory;
    const { clock, mailer } = this;
    const mask = (text: string): string => text.replaceAll('s<3>cret', '[masked]');
    const onEvent = (event: DeliveryEvent): void => void this.events.push(event);
    this.queue = createQueue(directory, { clock, mailer, mail, mask, onEvent });
  }

  static async start(mail: MailOptions = MAIL): Promise<Rig> {
    const rig = new Rig(await makeTempDirectory(), mail);
    await rig.queue.start();
    return rig;
  }

  subjects(): string[] {
    return this.mailer.tried.map(({ subject }) => subject);
  }

  /** Moves time until the next event of this type has come. */
  async next<T extends DeliveryEvent['type']>(
    type: T,
    stepMs = 1,
  ): Promise<Extract<DeliveryEvent, { type: T }>> {
    return waitUntil(
      () => {
        const index = this.events.findIndex((event) => event.type === type);
        if (index !== -1)
          return this.events.splice(index, 1)[0] as Extract<DeliveryEvent, { type: T }>;
        this.clock.advance(stepMs);
        return undefined;
      },
      () => `no ${type} among ${JSON.stringify(this.events)}`,
    );
  }

  files(): Promise<string[]> {
    return readdir(join(this.directory, 'spool'));
  }
}

function crashIn(name: string): ReturnType<typeof crashReport> {
  const stack = `Error: ${name}\n    at ${name} (${PROJECT}/a.js:1:1)`;
  return crashReport({ error: { name: 'Error', message: `in ${name}`, stack } });
}

describe('NoticeQueue', () => {
  it('writes a mail to disk, sends it, and removes it from disk', async () => {
    const rig = await Rig.start();
    let filesWhileSending: string[] = [];
    rig.mailer.answer = async () => {
      filesWhileSending = await rig.files();
      return ACCEPTED;
    };
    rig.queue.crash(crashIn('f'));
    const queued = await rig.next('mail.queued');
    expect(queued).toMatchObject({ kind: 'crash', onDisk: true });
    expect(await rig.next('mail.sent')).toMatchObject({
      id: queued.id,
      response: '250 OK',
      attempts: 1,
    });
    expect(filesWhileSending).toEqual([`${queued.id}.json`]);
    await rig.queue.stop();
    expect(await rig.files()).toEqual([]);
    expect(rig.queue.status()).toMatchObject({ configured: true, spooled: 0 });
    expect(rig.queue.status().lastAcceptedAt).toMatch(/^2026-01-01T/);
  });

  it('retries after 20 s and then ever less often, until the server is there', async () => {
    const rig = await Rig.start();
    rig.mailer.answer = () => UNREACHABLE;
    rig.queue.crash(crashIn('f'));
    const delays: unknown[] = [];
    for (let failed = 0; failed < 8; failed++) {
      delays.push((await rig.next('mail.failed', 900_000)).retryInMs);
    }
    expect(delays).toEqual([20, 40, 80, 160, 320, 640, 900, 900].map((seconds) => seconds * 1000));
    rig.mailer.answer = () => ACCEPTED;
    expect(await rig.next('mail.sent', 900_000)).toMatchObject({ attempts: 9 });
    expect(new Set(rig.mailer.tried.map(({ messageId }) => messageId)).size).toBe(1);
    await rig.queue.stop();
  });

  it('sends what an earlier monitor left behind, once, with the same message id', async () => {
    const first = await Rig.start();
    first.mailer.answer = () => UNREACHABLE;
    first.queue.crash(crashIn('f'));
    await first.next('mail.failed');
    await first.queue.stop();

    const second = new Rig(first.directory);
    await second.queue.start();
    await second.next('mail.sent');
    await second.queue.stop();
    const third = new Rig(first.directory);
    await third.queue.start();
    expect(third.queue.status().spooled).toBe(0);
    expect(second.mailer.tried[0]?.messageId).toBe(first.mailer.tried[0]?.messageId);
    await third.queue.stop();
  });

  it('keeps the rest waiting behind a mail the server hangs on, then tries the others first', async () => {
    const rig = await Rig.start();
    rig.mailer.answer = () => UNREACHABLE;
    rig.queue.crash(crashIn('poison'));
    rig.clock.advance(1);
    rig.queue.crash(crashIn('g'));
    rig.queue.crash(crashIn('h'));
    await rig.queue.flush(1000);
    expect(rig.queue.status().spooled).toBe(3);
    rig.mailer.answer = ({ subject }) => (subject.includes('poison') ? UNREACHABLE : ACCEPTED);
    await rig.queue.flush(1000);
    expect(rig.queue.status().spooled).toBe(1);
    await rig.queue.stop();
  });

  it('puts a mail aside that the server has refused three times', async () => {
    const rig = await Rig.start();
    rig.mailer.answer = () => REFUSED;
    rig.queue.crash(crashIn('f'));
    for (const retryInMs of [20_000, 40_000, null]) {
      expect(await rig.next('mail.failed', 60_000)).toMatchObject({
        retryInMs,
        error: { code: 'ERR_MAIL_FAILED', message: '550 no such user' },
      });
    }
    await rig.queue.stop();
    expect(await rig.files()).toEqual(['failed']);
    expect(rig.queue.status().spooled).toBe(0);
  });

  it('goes on for the recipients the server put off, and tells of those it refused', async () => {
    const rig = await Rig.start();
    const refused = [
      { recipient: 'a@example.com', message: '550 unknown', isFinal: true },
      { recipient: 'b@example.com', message: '451 later', isFinal: false },
    ];
    rig.mailer.answer = () => ({ kind: 'accepted', response: '250 OK', refused });
    rig.queue.crash(crashIn('f'));
    await rig.next('mail.sent');
    expect(await rig.next('mail.failed')).toMatchObject({
      recipients: ['a@example.com'],
      retryInMs: null,
    });
    expect(await rig.next('mail.failed')).toMatchObject({
      recipients: ['b@example.com'],
      retryInMs: 20_000,
    });
    rig.mailer.answer = () => ACCEPTED;
    await rig.next('mail.sent', 60_000);
    expect(rig.mailer.tried.map(({ to }) => to)).toEqual([MAIL.to, ['b@example.com']]);
    await rig.queue.stop();
    expect(await rig.files()).toEqual([]);
  });

  it('mails from memory when the spool cannot be written, and says so', async () => {
    const directory = await makeTempDirectory({ spool: 'a file where the directory should be' });
    const rig = new Rig(directory);
    await rig.queue.start();
    expect(await rig.next('mail.failed')).toMatchObject({ error: { code: 'ERR_MAIL_SPOOL' } });
    rig.queue.crash(crashIn('f'));
    expect(await rig.next('mail.queued')).toMatchObject({
      onDisk: false,
      error: { code: 'ERR_MAIL_SPOOL' },
    });
    await rig.next('mail.sent');
    await rig.queue.stop();
  });

  it('moves a file that is no mail out of the way', async () => {
    const directory = await makeTempDirectory({
      'spool/1.json': '{"version":1',
      'spool/2.json': '{"version":1,"id":"other"}',
      'spool/.3.json.1-1.tmp': 'half',
    });
    const rig = new Rig(directory);
    await rig.queue.start();
    expect(rig.events.map((event) => event.id)).toEqual(['1.json', '2.json']);
    expect(await rig.files()).toEqual(['failed']);
    await rig.queue.stop();
  });

  it('holds at most 500 mails and drops the oldest crash, not the session key', async () => {
    const rig = await Rig.start({ ...MAIL, perHour: 10_000 });
    rig.mailer.answer = () => UNREACHABLE;
    rig.queue.sessionKey('k3y');
    for (let index = 0; index < 500; index++) rig.queue.crash(crashIn(`f${index}`));
    await rig.next('mail.failed');
    await rig.queue.flush(60_000);
    rig.queue.crash(crashIn('last'));
    const dropped = await waitUntil(
      () =>
        rig.events.find(
          (event) => event.type === 'mail.failed' && event.error.code === 'ERR_MAIL_SPOOL',
        ),
      () => 'nothing was dropped',
    );
    expect(dropped).toMatchObject({ kind: 'crash', retryInMs: null });
    expect(rig.queue.status().spooled).toBe(500);
    await rig.queue.stop();
  });

  it('keeps what comes before and while the spool of an earlier monitor is read', async () => {
    const rig = new Rig(await makeTempDirectory(), { ...MAIL, perHour: 10_000 });
    rig.mailer.answer = () => UNREACHABLE;
    for (let index = 0; index < 50; index++) rig.queue.crash(crashIn(`before ${index}`));
    const started = rig.queue.start();
    for (let index = 0; index < 50; index++) rig.queue.crash(crashIn(`while ${index}`));
    await started;
    await rig.queue.flush(60_000);
    await rig.queue.stop();
    expect(rig.queue.status().spooled).toBe(100);
    expect(rig.events.filter((event) => event.type === 'mail.queued' && !event.onDisk)).toEqual([]);
    expect(await rig.files()).toHaveLength(100);
  });

  it('tells more of the same in a digest, and what is left at the end', async () => {
    const rig = await Rig.start();
    for (let count = 0; count < 4; count++) rig.queue.crash(crashIn('f'));
    await rig.next('mail.sent');
    expect(await rig.next('mail.sent', 100_000)).toMatchObject({ kind: 'digest' });
    rig.queue.crash(crashIn('f'));
    await rig.queue.flush(1000);
    expect(rig.subjects()).toEqual([
      '[vigil] shop: crash: Error: in f',
      expect.stringContaining('3 more of the same'),
      expect.stringContaining('1 more of the same'),
    ]);
    await rig.queue.stop();
  });

  it('says that it gave up and recovered whatever the limit of the hour', async () => {
    const rig = await Rig.start({ ...MAIL, perHour: 0 });
    const at = '2026-01-01T00:00:00.000Z';
    rig.queue.crash(crashIn('f'));
    rig.queue.gaveUp({
      at,
      cause: 'crash',
      failures: 6,
      nextTrialMs: 1,
      reportId: null,
      errorLine: null,
    });
    rig.queue.recovered({ at, downMs: 1, pid: 1 });
    await rig.next('mail.sent');
    await rig.next('mail.sent');
    await rig.queue.flush(1000);
    expect(rig.mailer.tried.map(({ kind }) => kind).sort()).toEqual(['gaveUp', 'recovered']);
    await rig.queue.stop();
  });

  it.each(['manual', 'reload', 'session-end'] as const)(
    'mails nothing for a death by %s',
    async (cause) => {
      const rig = await Rig.start();
      rig.queue.crash(crashReport({ cause }));
      await rig.queue.flush(1000);
      expect(rig.events).toEqual([]);
      await rig.queue.stop();
    },
  );

  it('masks a secret that an error told, in HTML and at the cut of a subject as well', async () => {
    const rig = await Rig.start();
    const message = `${'x'.repeat(120)} s<3>cret`;
    rig.queue.gaveUp({
      at: '2026-01-01T00:00:00.000Z',
      cause: 'crash',
      failures: 6,
      nextTrialMs: 1,
      reportId: null,
      errorLine: message,
    });
    await rig.next('mail.sent');
    expect(JSON.stringify(rig.mailer.tried)).not.toMatch(/s<3|s&lt;3/);
    expect(rig.mailer.tried[0]?.html).toContain('[masked]');
    await rig.queue.stop();
  });

  it('answers a test alert with the words of the server, masked', async () => {
    const rig = await Rig.start();
    expect(await rig.queue.testAlert()).toEqual({ response: '250 OK' });
    rig.mailer.answer = () => ({ kind: 'unreachable', message: '535 s<3>cret is wrong' });
    await expect(rig.queue.testAlert()).rejects.toMatchObject({
      code: 'ERR_MAIL_FAILED',
      message: '535 [masked] is wrong',
    });
    rig.mailer.answer = () => DEFERRED;
    await expect(rig.queue.testAlert()).rejects.toMatchObject({ message: '451 greylisted' });
    await rig.queue.stop();
  });

  it('returns from flush at its deadline while the server hangs', async () => {
    const rig = await Rig.start();
    let release = (): void => undefined;
    rig.mailer.answer = () =>
      new Promise(
        (resolve) =>
          (release = () => {
            resolve(UNREACHABLE);
          }),
      );
    rig.queue.crash(crashIn('f'));
    const flushed = rig.queue.flush(5000);
    await waitUntil(
      () => (rig.mailer.tried.length > 0 ? true : undefined),
      () => 'nothing was tried',
    );
    rig.clock.advance(5000);
    await flushed;
    release();
    await rig.queue.stop();
    expect(await rig.files()).toHaveLength(1);
  });

  it('keeps a mail for the next monitor when it comes after the end', async () => {
    const rig = await Rig.start();
    await rig.queue.stop();
    rig.queue.crash(crashIn('f'));
    await rig.next('mail.queued');
    expect(rig.mailer.tried).toEqual([]);
    expect(await rig.files()).toHaveLength(1);
  });

  it('goes on when the listener or the mask throws', async () => {
    const mailer = new ScriptedCarrier<OutgoingMail>();
    const queue = createQueue(await makeTempDirectory(), {
      clock: new ManualClock(),
      mailer,
      mask: () => {
        throw new Error('no mask');
      },
      onEvent: () => {
        throw new Error('no listener');
      },
    });
    await queue.start();
    queue.crash(crashIn('f'));
    queue.sessionKey('k3y');
    await queue.flush(1000);
    expect(mailer.tried.map(({ kind }) => kind).sort()).toEqual(['crash', 'sessionKey']);
    await queue.stop();
  });

  it('mails 1,000 identical crashes of ten minutes twice, and two defects apart', async () => {
    const rig = await Rig.start();
    for (let index = 0; index < 1000; index++) {
      rig.queue.crash(crashIn('f'));
      if (index === 500) rig.queue.crash(crashIn('g'));
      rig.clock.advance(600);
    }
    for (let sent = 0; sent < 3; sent++) await rig.next('mail.sent', 1000);
    await rig.queue.flush(1000);
    expect(rig.subjects().sort()).toEqual([
      expect.stringContaining('999 more of the same'),
      '[vigil] shop: crash: Error: in f',
      '[vigil] shop: crash: Error: in g',
    ]);
    await rig.queue.stop();
  });
});
