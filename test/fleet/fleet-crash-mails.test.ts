import { readCrashCause } from '../../lib/fleet/master/crash-cause.ts';
import { FleetCrashMails } from '../../lib/fleet/master/fleet-crash-mails.ts';
import type { FleetEvent, ServerEnd } from '../../lib/fleet/master/fleet-event.ts';
import { createMailChannel } from '../../lib/notify/mail-channel.ts';
import type { Mail, OutgoingMail } from '../../lib/notify/mail.ts';
import { NoticeQueue } from '../../lib/notify/notice-queue.ts';
import { ManualClock } from '../../lib/testing/manual-clock.ts';
import { ScriptedCarrier } from '../notify/scripted-carrier.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { waitUntil } from '../support/wait-until.ts';

const AT = '2026-01-31T00:00:00.000Z';
const BASE = '/srv/shop';

function anEnd(lastWords: readonly string[], given: Partial<ServerEnd> = {}): ServerEnd {
  const end = { code: 1, signal: null, cause: 'exit', evidence: [], expected: false } as const;
  return { ...end, uptimeMs: 5, lastWords, ...given };
}

function thrownIn(name: string, message: string): readonly string[] {
  return [
    `${BASE}/app.js:3`,
    `Error: ${message}`,
    `    at ${name} (${BASE}/app.js:3:9)`,
    '    at node:internal/main:1:1',
    'Node.js v20.19.5',
  ];
}

async function startMails(): Promise<{
  readonly clock: ManualClock;
  readonly queue: NoticeQueue<Mail>;
  readonly crash: (id: string, host: string, lastWords: readonly string[]) => void;
  readonly sent: (count: number) => Promise<readonly OutgoingMail[]>;
}> {
  const clock = new ManualClock();
  const mailer = new ScriptedCarrier<OutgoingMail>();
  const mask = (text: string): string => text;
  const limits = { digestMs: 600_000, perHour: 6, sendSessionKey: false };
  const mail = { to: ['a@example.com'], transport: 'smtp://127.0.0.1:1', ...limits };
  const place = { name: 'shop production', stateDirectory: await makeTempDirectory() };
  const channel = createMailChannel({ ...place, mail, clock, mailer, mask });
  const queue = new NoticeQueue({ channel, clock, mask, onEvent: () => undefined });
  await queue.start();
  const tell = queue.fleetCrash.bind(queue);
  const mails = new FleetCrashMails({ clock, base: BASE, tell });
  let seq = 0;
  const crash = (id: string, host: string, lastWords: readonly string[]): void => {
    seq += 1;
    const of = { id, serverType: 'chat', host, pid: null, adopted: false };
    const event = { type: 'server.down', at: AT, seq, ...of, end: anEnd(lastWords) } as const;
    mails.note(event satisfies FleetEvent);
  };
  const sent = (count: number): Promise<readonly OutgoingMail[]> =>
    waitUntil(
      () => {
        clock.advance(0);
        return Promise.resolve(mailer.tried.length >= count ? mailer.tried : undefined);
      },
      () => `${String(mailer.tried.length)} mails instead of ${String(count)}`,
    );
  return { clock, queue, crash, sent };
}

describe('crash mails of a fleet', () => {
  it('are one for the same bug in 20 servers, which names them', async () => {
    const { clock, queue, crash, sent } = await startMails();
    for (let n = 1; n <= 20; n += 1)
      crash(`chat-${String(n)}`, n > 10 ? 'far' : 'near', thrownIn('join', `room ${String(n)}`));
    crash('chat-7', 'near', thrownIn('join', 'room 7'));
    clock.advance(3000);
    const [mail] = await sent(1);
    expect(mail?.subject).toBe(
      '[vigil] shop production: exit: Error: room 1: 20 servers on 2 hosts',
    );
    expect(mail?.text).toContain('- chat-7 on near, 2 times\n');
    expect(mail?.text).toContain('- chat-20 on far, once\n');
    await queue.stop();
    expect(await sent(1)).toHaveLength(1);
  });

  it('are two for two bugs, and later ones of the same are told together', async () => {
    const { clock, queue, crash, sent } = await startMails();
    crash('chat-1', 'near', thrownIn('join', 'x'));
    crash('gate-1', 'near', thrownIn('leave', 'x'));
    clock.advance(3000);
    expect((await sent(2)).map(({ subject }) => subject).sort()).toEqual([
      '[vigil] shop production: exit: Error: x: chat-1',
      '[vigil] shop production: exit: Error: x: gate-1',
    ]);
    for (const id of ['chat-1', 'chat-2', 'chat-2']) crash(id, 'near', thrownIn('join', 'x'));
    clock.advance(3000);
    clock.advance(600_000);
    const digest = (await sent(3))[2];
    expect(digest?.subject).toContain('3 more of the same');
    expect(digest?.text).toContain('chat-2 on near, 2 times; chat-1 on near, once');
    expect(digest?.text).toContain('vigil fleet list');
    await queue.stop();
  });
});

describe('readCrashCause', () => {
  const causeOf = (
    lastWords: readonly string[],
    id = 'chat-1',
    given: Partial<ServerEnd> = {},
  ): ReturnType<typeof readCrashCause> =>
    readCrashCause(anEnd(lastWords, given), { base: BASE, id, host: 'near' });

  it('takes the error and its place, and not its message', () => {
    const one = causeOf(thrownIn('join', 'room 1'));
    expect(one).toEqual({
      fingerprint: expect.stringMatching(/^[\da-f]{16}$/) as string,
      errorLine: 'Error: room 1',
    });
    expect(causeOf(thrownIn('join', 'room 2'), 'chat-2').fingerprint).toBe(one.fingerprint);
    expect(causeOf(thrownIn('leave', 'room 1')).fingerprint).not.toBe(one.fingerprint);
  });

  it('takes the last line and the exit where no error was written', () => {
    const one = causeOf(['chat-1: no map 17 at 0xff']);
    expect(causeOf(['chat-2: no map 18 at 0xfe'], 'chat-2').fingerprint).toBe(one.fingerprint);
    const others = [
      causeOf(['chat-1: no room 17 at 0xff']),
      causeOf(['chat-1: no map 17 at 0xff'], 'chat-1', { code: 2 }),
      causeOf(['chat-1: no map 17 at 0xff'], 'chat-1', { code: null, signal: 'SIGKILL' }),
    ].map(({ fingerprint }) => fingerprint);
    expect(new Set([one.fingerprint, ...others]).size).toBe(4);
    expect(causeOf([]).errorLine).toBe('exit');
  });
});
