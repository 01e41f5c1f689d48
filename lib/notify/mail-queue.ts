import { hostname } from 'node:os';
import { join } from 'node:path';
import { VigilError } from '../errors.ts';
import type { CrashReport } from '../report/crash-report.ts';
import { isoTime, waitFor, type Clock, type Timer } from '../util/clock.ts';
import { composeCrashMail, type MailSender } from './crash-mail.ts';
import { describeError } from './crash-wording.ts';
import { addressMail, createMail } from './create-mail.ts';
import { MailDispatcher } from './mail-dispatcher.ts';
import type { MailEvent } from './mail-event.ts';
import { MailSpool } from './mail-spool.ts';
import {
  countMail,
  decideCrashMail,
  EMPTY_THROTTLE,
  nextDigestAt,
  takeDigest,
  type ThrottleMoment,
  type ThrottleState,
} from './mail-throttle.ts';
import type { Mail, MailKind, MailOptions, MailText } from './mail.ts';
import type { Mailer, MailOutcome } from './mailer.ts';
import {
  composeDigestMail,
  composeGaveUpMail,
  composeRecoveredMail,
  composeSessionKeyMail,
  composeTestMail,
  type GaveUpFacts,
  type RecoveredFacts,
} from './notice-mails.ts';
import { createProcessMailer } from './process-mailer.ts';

export interface MailQueueOptions {
  /** The session's name. */
  readonly name: string;
  /** Null: nothing is mailed. */
  readonly mail: MailOptions | null;
  /** Its folder `spool` is used. */
  readonly stateDirectory: string;
  readonly clock: Clock;
  readonly onEvent: (event: MailEvent) => void;
  /** Hides secrets in every text but the session key's mail. */
  readonly mask: (text: string) => string;
  /** Default: one that starts a process for each batch. */
  readonly mailer?: Mailer;
}

export interface MailStatus {
  readonly configured: boolean;
  /** ISO time. */
  readonly lastAcceptedAt: string | null;
  /** Mails that wait. */
  readonly spooled: number;
}

/**
 * Everything Vigil mails about a session. No method throws or rejects, except `testAlert`; what fails becomes an event.
 * Nothing here delays the session: mails are written to the spool and sent from a process of their own.
 *
 * @fires mail.queued, mail.sent, mail.failed
 */
export class MailQueue {
  readonly #options: MailQueueOptions;
  readonly #outbox: Outbox | null;
  readonly #sender: MailSender;
  #throttle: ThrottleState = EMPTY_THROTTLE;
  #digestTimer: Timer | null = null;
  #isStopped = false;

  constructor(options: MailQueueOptions) {
    this.#options = { ...options, mask: withoutThrowing(options.mask) };
    this.#sender = { name: options.name, host: hostname() };
    this.#outbox =
      options.mail === null
        ? null
        : createOutbox(this.#options, options.mail, (event) => {
            this.#tell(event);
          });
  }

  /** Sends what an earlier monitor left in the spool. */
  async start(): Promise<void> {
    await this.#outbox?.dispatcher.open();
  }

  /** Mails a crash, at once or in a later digest. A death that was asked for is not mailed. */
  crash(report: CrashReport): void {
    if (this.#outbox === null || PLANNED.includes(report.cause)) return;
    const { fingerprint, id: reportId, at, cause } = report;
    const notice = { fingerprint, reportId, at, cause, errorLine: describeError(report) };
    const { state, send } = decideCrashMail(this.#throttle, notice, this.#moment(this.#outbox));
    this.#throttle = state;
    if (send) this.#add('crash', () => this.#masked(composeCrashMail(report, this.#sender)));
    this.#armDigest();
  }

  /** Mails the session key, unless the configuration says not to. */
  sessionKey(key: string): void {
    if (this.#outbox?.options.sendSessionKey !== true) return;
    this.#throttle = countMail(this.#throttle, this.#options.clock.now());
    this.#add('sessionKey', () => composeSessionKeyMail(key, this.#dated()));
  }

  gaveUp(facts: GaveUpFacts): void {
    this.#add('gaveUp', () => this.#masked(composeGaveUpMail(facts, this.#sender)));
  }

  recovered(facts: RecoveredFacts): void {
    this.#add('recovered', () => this.#masked(composeRecoveredMail(facts, this.#sender)));
  }

  /**
   * Sends a test mail past the queue.
   *
   * @returns what the mail server answered
   * @throws ERR_MAIL_NOT_CONFIGURED
   * @throws ERR_MAIL_FAILED with the server's words
   */
  async testAlert(): Promise<{ readonly response: string }> {
    if (this.#outbox === null) {
      throw new VigilError(
        'ERR_MAIL_NOT_CONFIGURED',
        'no mail can be sent: set "mail" in the configuration',
      );
    }
    this.#throttle = countMail(this.#throttle, this.#options.clock.now());
    const mail = createMail('test', composeTestMail(this.#dated()), this.#dated());
    const outcome = await sendOne(mail, this.#outbox);
    const { id, kind, messageId } = mail;
    if (outcome.kind !== 'accepted') {
      const error = new VigilError('ERR_MAIL_FAILED', this.#options.mask(outcome.message));
      this.#tell({
        type: 'mail.failed',
        kind,
        id,
        error: { code: error.code, message: error.message },
        retryInMs: null,
      });
      throw error;
    }
    const response = this.#options.mask(outcome.response);
    this.#tell({ type: 'mail.sent', kind, id, messageId, response, attempts: 1 });
    return { response };
  }

  /** Writes the digest that is still due and tries every mail once; returns after `deadlineMs` milliseconds at the latest. */
  async flush(deadlineMs: number): Promise<void> {
    if (this.#outbox === null) return;
    this.#digest({
      ...this.#moment(this.#outbox),
      limits: { ...this.#outbox.options, digestMs: 0 },
    });
    const inTime = new AbortController();
    await Promise.race([
      this.#outbox.dispatcher.sendAll(),
      waitFor(this.#options.clock, deadlineMs, inTime.signal),
    ]);
    inTime.abort();
  }

  /** Breaks off what is being sent; what waits stays in the spool for the next monitor. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#digestTimer?.cancel();
    await this.#outbox?.dispatcher.stop();
  }

  status(): MailStatus {
    const dispatcher = this.#outbox?.dispatcher;
    return {
      configured: dispatcher !== undefined,
      lastAcceptedAt: dispatcher?.lastAcceptedAt ?? null,
      spooled: dispatcher?.waiting ?? 0,
    };
  }

  #add(kind: MailKind, compose: () => MailText): void {
    if (this.#outbox === null) return;
    try {
      this.#outbox.dispatcher.add(createMail(kind, compose(), this.#dated()));
    } catch (error) {
      const message = `the mail cannot be written: ${String(error)}`;
      this.#tell({
        type: 'mail.failed',
        kind,
        id: '',
        error: { code: 'ERR_MAIL_FAILED', message },
        retryInMs: null,
      });
    }
  }

  #armDigest(): void {
    this.#digestTimer?.cancel();
    if (this.#outbox === null || this.#isStopped) return;
    const moment = this.#moment(this.#outbox);
    const dueAt = nextDigestAt(this.#throttle, moment);
    if (dueAt === null) return;
    this.#digestTimer = this.#options.clock.setTimer(Math.max(dueAt - moment.now, 0), () => {
      if (this.#outbox !== null) this.#digest(this.#moment(this.#outbox));
      this.#armDigest();
    });
    this.#digestTimer.unref();
  }

  #digest(moment: ThrottleMoment): void {
    const { state, told } = takeDigest(this.#throttle, moment);
    this.#throttle = state;
    if (told.length > 0)
      this.#add('digest', () => this.#masked(composeDigestMail(told, this.#sender)));
  }

  #moment({ options }: Outbox): ThrottleMoment {
    return { now: this.#options.clock.now(), limits: options };
  }

  #dated(): MailSender & { readonly at: string } {
    return { ...this.#sender, at: isoTime(this.#options.clock) };
  }

  #masked({ subject, text, html }: MailText): MailText {
    const { mask } = this.#options;
    return { subject: mask(subject), text: mask(text), html: mask(html) };
  }

  #tell(event: MailEvent): void {
    try {
      this.#options.onEvent(event);
    } catch {
      // A listener's defect must not stop the mails.
    }
  }
}

const PLANNED: readonly CrashReport['cause'][] = ['manual', 'reload', 'session-end'];

/** What there is only when mail is configured. */
interface Outbox {
  readonly options: MailOptions;
  readonly mailer: Mailer;
  readonly dispatcher: MailDispatcher;
}

function createOutbox(
  queue: MailQueueOptions,
  options: MailOptions,
  onEvent: (event: MailEvent) => void,
): Outbox {
  const { clock, mask } = queue;
  const mailer = queue.mailer ?? createProcessMailer({ transport: options.transport, clock });
  const spool = new MailSpool(join(queue.stateDirectory, 'spool'));
  return {
    options,
    mailer,
    dispatcher: new MailDispatcher({ addresses: options, spool, mailer, clock, onEvent, mask }),
  };
}

async function sendOne(mail: Mail, { mailer, options }: Outbox): Promise<MailOutcome> {
  let outcome: MailOutcome = { kind: 'unreachable', message: 'the mailer told no outcome' };
  await mailer.send([addressMail(mail, options)], (_id, told) => {
    outcome = told;
  });
  return outcome;
}

// What cannot be masked is not sent.
function withoutThrowing(mask: (text: string) => string): (text: string) => string {
  return (text) => {
    try {
      return mask(text);
    } catch {
      return '[text withheld: it could not be masked]';
    }
  };
}
