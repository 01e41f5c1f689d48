import { VigilError } from '../../errors.ts';
import type { DeliveryStatus, NoticeQueue } from '../../notify/notice-queue.ts';
import type { GaveUpFacts, RecoveredFacts } from '../../notify/notice.ts';
import type { Message } from '../../notify/message.ts';
import type { CrashReport } from '../../report/crash-report.ts';
import type { Clock } from '../../util/clock.ts';
import type { LiveOptions } from './monitor-context.ts';
import type { NoticeQueues } from './notice-queues.ts';
import type { EventSource, SessionJournal } from './session-journal.ts';
import { TroubleNotices } from './trouble-notices.ts';

export interface NotificationsOptions {
  readonly clock: Clock;
  readonly live: LiveOptions;
  readonly journal: SessionJournal;
  readonly mask: (text: string) => string;
  /** Whom what happens at the moment is told of. */
  readonly source: () => EventSource;
}

/** What `vigil test-alert --json` prints; null: not configured. */
export interface TestAlertReply {
  readonly mail: TestAlertResult | null;
  readonly webhook: TestAlertResult | null;
}

export type TestAlertResult =
  | { readonly ok: true; readonly response: string }
  | { readonly ok: false; readonly error: { readonly code: string; readonly message: string } };

type Queue = NoticeQueue<Message>;

const FLUSH_MS = 3000;

/** Mail and webhook of a session, each with a spool, a throttle and failures of its own; loaded when they are first used. */
export class Notifications {
  readonly #options: NotificationsOptions;
  #queues: NoticeQueues | null = null;

  constructor(options: NotificationsOptions) {
    this.#options = options;
  }

  get mailStatus(): DeliveryStatus {
    return this.#queues?.mail?.status() ?? this.#unused('mail');
  }

  get webhookStatus(): DeliveryStatus {
    return this.#queues?.webhook?.status() ?? this.#unused('webhook');
  }

  /** Sends what an earlier monitor left, and from now on all there is to tell. */
  async open(sessionKey: string): Promise<void> {
    if (!this.#isConfigured()) return;
    const { journal, clock } = this.#options;
    new TroubleNotices(journal, this, clock);
    await Promise.all(this.#all.map((queue) => queue.start()));
    for (const queue of this.#all) queue.sessionKey(sessionKey);
  }

  crash(report: CrashReport): void {
    for (const queue of this.#all) queue.crash(report);
  }

  gaveUp(facts: GaveUpFacts): void {
    for (const queue of this.#all) queue.gaveUp(facts);
  }

  recovered(facts: RecoveredFacts): void {
    for (const queue of this.#all) queue.recovered(facts);
  }

  /** Sends a test over each, and says what was answered. @throws ERR_MAIL_NOT_CONFIGURED */
  async testAlert(): Promise<TestAlertReply> {
    if (!this.#isConfigured()) {
      throw new VigilError(
        'ERR_MAIL_NOT_CONFIGURED',
        'there is nobody to alert: set "mail" in the configuration, or "webhook"',
      );
    }
    const { mail, webhook } = this.#load();
    const [mailed, called] = await Promise.all([testOver(mail), testOver(webhook)]);
    return { mail: mailed, webhook: called };
  }

  /** Sends what can be sent within a moment. */
  async flush(): Promise<void> {
    await Promise.all(this.#opened.map((queue) => queue.flush(FLUSH_MS)));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#opened.map((queue) => queue.stop()));
  }

  get #all(): readonly Queue[] {
    if (!this.#isConfigured()) return [];
    this.#load();
    return this.#opened;
  }

  get #opened(): readonly Queue[] {
    const { mail = null, webhook = null } = this.#queues ?? {};
    return [mail, webhook].filter((queue) => queue !== null);
  }

  #isConfigured(): boolean {
    const { mail, webhook } = this.#options.live.current;
    return mail !== null || webhook !== null;
  }

  #unused(channel: 'mail' | 'webhook'): DeliveryStatus {
    const configured = this.#options.live.current[channel] !== null;
    return { configured, lastAcceptedAt: null, spooled: 0 };
  }

  #load(): NoticeQueues {
    if (this.#queues !== null) return this.#queues;
    const { createNoticeQueues } =
      require('./notice-queues') as typeof import('./notice-queues.ts');
    const { live, clock, mask, journal, source } = this.#options;
    return (this.#queues = createNoticeQueues({
      options: live.current,
      clock,
      mask,
      onEvent: (event) => {
        journal.tell(event, source());
      },
    }));
  }
}

async function testOver(queue: Queue | null): Promise<TestAlertResult | null> {
  if (queue === null) return null;
  try {
    const { response } = await queue.testAlert();
    return { ok: true, response };
  } catch (error) {
    const { code, message } = error as VigilError;
    return { ok: false, error: { code, message } };
  }
}
