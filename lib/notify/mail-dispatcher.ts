import type { VigilError } from '../errors.ts';
import { isoTime, type Clock, type Timer } from '../util/clock.ts';
import { addressMail } from './create-mail.ts';
import type { MailError, MailEvent } from './mail-event.ts';
import { isRefusalFinal, retryDelayMs } from './mail-retry.ts';
import type { MailSpool } from './mail-spool.ts';
import type { Mail, MailKind, MailOptions } from './mail.ts';
import type { Mailer, MailOutcome, OutcomeListener, OutgoingMail } from './mailer.ts';

export interface MailDispatcherOptions {
  /** The addresses. */
  readonly addresses: Pick<MailOptions, 'from' | 'to'>;
  readonly spool: MailSpool;
  readonly mailer: Mailer;
  readonly clock: Clock;
  /** Must not throw. */
  readonly onEvent: (event: MailEvent) => void;
  /** Hides secrets in what a mail server says. */
  readonly mask: (text: string) => string;
}

/** Brings mails from the spool to the mail server: at once, then again and again, each until it is accepted or refused for good. */
export class MailDispatcher {
  readonly #options: MailDispatcherOptions;
  readonly #waiting = new Map<string, WaitingMail>();
  /** Writes to the spool that are under way. */
  readonly #writes = new Set<Promise<void>>();
  #run: Promise<void> | null = null;
  #timer: Timer | null = null;
  #isStopped = false;
  #lastAcceptedAt: string | null = null;

  constructor(options: MailDispatcherOptions) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  get lastAcceptedAt(): string | null {
    return this.#lastAcceptedAt;
  }

  /** Takes over what an earlier monitor left in the spool. */
  async open(): Promise<void> {
    try {
      const { mails, unreadable } = await this.#options.spool.open();
      for (const mail of mails) this.#admit(mail, true);
      for (const id of unreadable) this.#failed({ kind: 'unknown', id }, unreadableError(id));
      this.#schedule();
    } catch (error) {
      this.#failed({ kind: 'unknown', id: '' }, describe(error as VigilError));
    }
  }

  /** Writes a mail to the spool and then sends it. */
  add(mail: Mail): void {
    const write = this.#write(mail).finally(() => this.#writes.delete(write));
    this.#writes.add(write);
  }

  /** Tries every waiting mail once, those included whose next try is later. */
  async sendAll(): Promise<void> {
    await Promise.all(this.#writes);
    await this.#run;
    const now = this.#options.clock.now();
    for (const waiting of this.#waiting.values()) {
      if (waiting.dueAt !== Infinity) waiting.dueAt = Math.min(waiting.dueAt, now);
    }
    while (!this.#isStopped && this.#due().length > 0) await this.#startRun();
  }

  /** Breaks off what is being sent. Mails added from now on are kept for the next monitor. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#options.mailer.close();
    await this.#run;
    await Promise.all(this.#writes);
  }

  async #write(mail: Mail): Promise<void> {
    const waiting = this.#admit(mail, false);
    const { id, kind } = mail;
    try {
      await this.#options.spool.put(mail);
      waiting.onDisk = true;
      if (!this.#waiting.has(id)) this.#forget(waiting);
      this.#options.onEvent({ type: 'mail.queued', kind, id, onDisk: true });
    } catch (error) {
      const why = describe(error as VigilError);
      this.#options.onEvent({ type: 'mail.queued', kind, id, onDisk: false, error: why });
    }
    waiting.dueAt = this.#options.clock.now();
    this.#schedule();
  }

  #admit(mail: Mail, onDisk: boolean): WaitingMail {
    if (this.#waiting.size >= MAX_WAITING) this.#dropOne();
    const dueAt = onDisk ? this.#options.clock.now() : Infinity;
    const waiting = { mail, onDisk, dueAt, tries: 0, failures: 0, refusals: 0 };
    this.#waiting.set(mail.id, waiting);
    return waiting;
  }

  #dropOne(): void {
    const all = [...this.#waiting.values()];
    const kinds: readonly MailKind[] = ['digest', 'crash'];
    const first =
      kinds.map((kind) => all.find(({ mail }) => mail.kind === kind)).find(Boolean) ?? all[0];
    if (first === undefined) return;
    this.#forget(first);
    const message = `dropped, because ${MAX_WAITING} mails wait already`;
    this.#failed(first.mail, { code: 'ERR_MAIL_SPOOL', message });
  }

  #due(): WaitingMail[] {
    const now = this.#options.clock.now();
    return [...this.#waiting.values()]
      .filter(({ dueAt }) => dueAt <= now)
      .sort((a, b) => a.tries - b.tries || (a.mail.id < b.mail.id ? -1 : 1));
  }

  #schedule(): void {
    this.#timer?.cancel();
    if (this.#isStopped || this.#run !== null) return;
    const dueAt = Math.min(...[...this.#waiting.values()].map((waiting) => waiting.dueAt));
    if (dueAt === Infinity) return;
    this.#timer = this.#options.clock.setTimer(dueAt - this.#options.clock.now(), () => {
      void this.#startRun();
    });
    this.#timer.unref();
  }

  #startRun(): Promise<void> {
    this.#run ??= this.#sendDue().finally(() => {
      this.#run = null;
      this.#schedule();
    });
    return this.#run;
  }

  async #sendDue(): Promise<void> {
    const batch = this.#due().slice(0, MAX_BATCH);
    const untold = new Map(batch.map((waiting) => [waiting.mail.id, waiting]));
    const mails = batch.map(({ mail }) => addressMail(mail, this.#options.addresses));
    const unreachable = new Set<WaitingMail>();
    await this.#send(mails, (id, outcome) => {
      const waiting = untold.get(id);
      if (waiting === undefined) return;
      untold.delete(id);
      if (outcome.kind === 'unreachable') unreachable.add(waiting);
      this.#settle(waiting, outcome);
    });
    // What fails one mail in this way fails all; but the mail that was tried goes to the end of the queue,
    // since it may itself be what the server hangs on.
    if (unreachable.size > 0 || untold.size > 0)
      for (const waiting of this.#due()) this.#postpone(waiting);
  }

  // A mailer must not reject; if one does, its mails count as not sent.
  async #send(mails: readonly OutgoingMail[], onOutcome: OutcomeListener): Promise<void> {
    try {
      await this.#options.mailer.send(mails, onOutcome);
    } catch (error) {
      this.#failed({ kind: 'unknown', id: '' }, this.#words(String(error)));
    }
  }

  #settle(waiting: WaitingMail, outcome: MailOutcome): void {
    waiting.tries += 1;
    if (outcome.kind === 'accepted') this.#accepted(waiting, outcome);
    else this.#notAccepted(waiting, outcome);
  }

  #accepted(waiting: WaitingMail, { response, refused }: Accepted): void {
    const { id, kind, messageId } = waiting.mail;
    this.#lastAcceptedAt = isoTime(this.#options.clock);
    const masked = this.#options.mask(response);
    const attempts = waiting.tries;
    this.#options.onEvent({ type: 'mail.sent', kind, id, messageId, response: masked, attempts });
    const onlyTo = refused.filter(({ isFinal }) => !isFinal).map(({ recipient }) => recipient);
    if (onlyTo.length === 0) this.#forget(waiting);
    else this.#keepFor(waiting, onlyTo);
    for (const { recipient, message, isFinal } of refused) {
      const retryInMs = isFinal ? null : retryDelayMs(waiting.failures);
      this.#failed(waiting.mail, this.#words(message), { recipients: [recipient], retryInMs });
    }
  }

  /** The mail goes on for the recipients that the server put off. */
  #keepFor(waiting: WaitingMail, onlyTo: readonly string[]): void {
    waiting.mail = { ...waiting.mail, onlyTo };
    this.#postpone(waiting);
    if (waiting.onDisk) this.#inBackground(this.#options.spool.put(waiting.mail));
  }

  #notAccepted(waiting: WaitingMail, outcome: Exclude<MailOutcome, Accepted>): void {
    if (outcome.kind === 'refused') waiting.refusals += 1;
    const words = this.#words(outcome.message);
    if (isRefusalFinal(waiting.refusals)) {
      this.#waiting.delete(waiting.mail.id);
      if (waiting.onDisk) this.#inBackground(this.#options.spool.setAside(waiting.mail.id));
      this.#failed(waiting.mail, words);
    } else {
      this.#failed(waiting.mail, words, { retryInMs: this.#postpone(waiting) });
    }
  }

  #postpone(waiting: WaitingMail): number {
    waiting.failures += 1;
    const delayMs = retryDelayMs(waiting.failures);
    waiting.dueAt = this.#options.clock.now() + delayMs;
    return delayMs;
  }

  #forget(waiting: WaitingMail): void {
    this.#waiting.delete(waiting.mail.id);
    if (waiting.onDisk) this.#inBackground(this.#options.spool.remove(waiting.mail.id));
  }

  #inBackground(work: Promise<void>): void {
    const settled = work
      .catch((error: unknown) => {
        this.#failed({ kind: 'unknown', id: '' }, describe(error as VigilError));
      })
      .finally(() => this.#writes.delete(settled));
    this.#writes.add(settled);
  }

  #words(message: string): MailError {
    return { code: 'ERR_MAIL_FAILED', message: this.#options.mask(message) };
  }

  #failed(mail: FailedMail, error: MailError, more: FailureDetails = {}): void {
    const { kind, id } = mail;
    this.#options.onEvent({ type: 'mail.failed', kind, id, error, retryInMs: null, ...more });
  }
}

type Accepted = Extract<MailOutcome, { kind: 'accepted' }>;

interface WaitingMail {
  mail: Mail;
  onDisk: boolean;
  /** Infinity while it is being written. */
  dueAt: number;
  /** How often the server was asked to take it. */
  tries: number;
  /** How often it had to wait, tried or not: the measure of the next wait. */
  failures: number;
  /** How often the server refused it for good. */
  refusals: number;
}

interface FailedMail {
  readonly kind: MailKind | 'unknown';
  readonly id: string;
}

interface FailureDetails {
  readonly recipients?: readonly string[];
  readonly retryInMs?: number | null;
}

const MAX_WAITING = 500;
const MAX_BATCH = 20;

function describe(error: VigilError): MailError {
  return { code: error.code, message: error.message };
}

function unreadableError(name: string): MailError {
  return { code: 'ERR_MAIL_SPOOL', message: `${name} in the mail spool is no mail of ours` };
}
