import { VigilError } from '../errors.ts';
import type { CrashReport } from '../report/crash-report.ts';
import { isoTime, waitFor, type Clock, type Timer } from '../util/clock.ts';
import type { Outcome } from './carrier.ts';
import type { Channel } from './channel.ts';
import { describeError } from './crash-wording.ts';
import type { DeliveryEvent } from './delivery-event.ts';
import { Dispatcher } from './dispatcher.ts';
import type { Message } from './message.ts';
import type { FleetCrash } from './fleet-crash.ts';
import { type GaveUpFacts, messageKindOf, type Notice, type RecoveredFacts } from './notice.ts';
import {
  countMessage,
  type CrashNotice,
  decideCrash,
  EMPTY_THROTTLE,
  nextDigestAt,
  takeDigest,
  type ThrottleMoment,
  type ThrottleState,
} from './throttle.ts';

export interface NoticeQueueOptions<M extends Message> {
  readonly channel: Channel<M>;
  readonly clock: Clock;
  readonly onEvent: (event: DeliveryEvent) => void;
  /** Hides secrets in what a server says. Must not throw. */
  readonly mask: (text: string) => string;
}

/** How one channel is. */
export interface DeliveryStatus {
  readonly configured: boolean;
  /** ISO time. */
  readonly lastAcceptedAt: string | null;
  /** Messages that wait. */
  readonly spooled: number;
}

/**
 * Everything Vigil tells about a session over one channel. No method throws or rejects, except `testAlert`; what fails
 * becomes an event. Nothing here delays the session: messages are written to the spool and sent from a process of their own.
 *
 * @fires mail.queued, mail.sent, mail.failed, webhook.queued, webhook.sent, webhook.failed
 */
export class NoticeQueue<M extends Message> {
  readonly #options: NoticeQueueOptions<M>;
  readonly #dispatcher: Dispatcher<M>;
  #throttle: ThrottleState = EMPTY_THROTTLE;
  #digestTimer: Timer | null = null;
  #isStopped = false;

  constructor(options: NoticeQueueOptions<M>) {
    this.#options = options;
    const { channel, clock, mask } = options;
    const onEvent = (event: DeliveryEvent): void => {
      this.#report(event);
    };
    this.#dispatcher = new Dispatcher({ channel, clock, mask, onEvent });
  }

  /** Sends what an earlier monitor left in the spool. */
  async start(): Promise<void> {
    await this.#dispatcher.open();
  }

  /** Tells a crash, at once or in a later digest. A death that was asked for is not told. */
  crash(report: CrashReport): void {
    if (PLANNED.includes(report.cause)) return;
    const { fingerprint, id: reportId, at, cause } = report;
    const notice = { fingerprint, reportId, at, cause, errorLine: describeError(report) };
    this.#tell(notice, { kind: 'crash', report });
  }

  /** Tells crashes of several servers of a fleet, at once or in a later digest. */
  fleetCrash(crash: FleetCrash): void {
    const { fingerprint, at, cause, errorLine, where } = crash;
    const notice = { fingerprint, reportId: '', at, cause, errorLine, where };
    this.#tell(notice, { kind: 'fleetCrash', crash });
  }

  /** Tells the session key, where the channel is one for it. */
  sessionKey(key: string): void {
    if (this.#add({ kind: 'sessionKey', key })) this.#count();
  }

  gaveUp(facts: GaveUpFacts): void {
    this.#add({ kind: 'gaveUp', facts });
  }

  recovered(facts: RecoveredFacts): void {
    this.#add({ kind: 'recovered', facts });
  }

  /**
   * Sends a test past the queue.
   *
   * @returns what the server answered
   * @throws ERR_MAIL_FAILED, ERR_WEBHOOK_FAILED with the server's words
   */
  async testAlert(): Promise<{ readonly response: string }> {
    const { channel, clock, mask } = this.#options;
    this.#count();
    const message = channel.compose({ kind: 'test' }, isoTime(clock));
    if (message === null) throw new TypeError(`${channel.name} has no test`);
    const outcome = await sendOne(message, channel);
    const { id, kind, messageId } = message;
    if (outcome.kind !== 'accepted') {
      const error = new VigilError(channel.errorCodes.failed, mask(outcome.message));
      const { code, message: words } = error;
      const type = `${channel.name}.failed` as const;
      this.#report({ type, kind, id, error: { code, message: words }, retryInMs: null });
      throw error;
    }
    const response = mask(outcome.response);
    this.#report({ type: `${channel.name}.sent`, kind, id, messageId, response, attempts: 1 });
    return { response };
  }

  /** Writes the digest that is still due and tries every message once; returns after `deadlineMs` milliseconds at the latest. */
  async flush(deadlineMs: number): Promise<void> {
    this.#digest({
      ...this.#moment(),
      limits: { ...this.#options.channel.limits, digestMs: 0 },
    });
    const inTime = new AbortController();
    await Promise.race([
      this.#dispatcher.sendAll(),
      waitFor(this.#options.clock, deadlineMs, inTime.signal),
    ]);
    inTime.abort();
  }

  /** Breaks off what is being sent; what waits stays in the spool for the next monitor. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#digestTimer?.cancel();
    await this.#dispatcher.stop();
  }

  status(): DeliveryStatus {
    const { lastAcceptedAt, waiting } = this.#dispatcher;
    return { configured: true, lastAcceptedAt, spooled: waiting };
  }

  /** @returns whether the channel tells such a thing */
  #add(notice: Notice): boolean {
    const { channel, clock } = this.#options;
    try {
      const message = channel.compose(notice, isoTime(clock));
      if (message !== null) this.#dispatcher.add(message);
      return message !== null;
    } catch (error) {
      this.#report({
        type: `${channel.name}.failed`,
        kind: messageKindOf(notice),
        id: '',
        error: { code: channel.errorCodes.failed, message: `cannot be written: ${String(error)}` },
        retryInMs: null,
      });
      return false;
    }
  }

  #tell(crash: CrashNotice, notice: Notice): void {
    const { state, send } = decideCrash(this.#throttle, crash, this.#moment());
    this.#throttle = state;
    if (send) this.#add(notice);
    this.#armDigest();
  }

  #count(): void {
    this.#throttle = countMessage(this.#throttle, this.#options.clock.now());
  }

  #armDigest(): void {
    this.#digestTimer?.cancel();
    if (this.#isStopped) return;
    const moment = this.#moment();
    const dueAt = nextDigestAt(this.#throttle, moment);
    if (dueAt === null) return;
    this.#digestTimer = this.#options.clock.setTimer(Math.max(dueAt - moment.now, 0), () => {
      this.#digest(this.#moment());
      this.#armDigest();
    });
    this.#digestTimer.unref();
  }

  #digest(moment: ThrottleMoment): void {
    const { state, told, forgotten } = takeDigest(this.#throttle, moment);
    this.#throttle = state;
    if (told.length > 0) this.#add({ kind: 'digest', digest: { told, forgotten } });
  }

  #moment(): ThrottleMoment {
    return { now: this.#options.clock.now(), limits: this.#options.channel.limits };
  }

  #report(event: DeliveryEvent): void {
    try {
      this.#options.onEvent(event);
    } catch {
      // A listener's defect must not stop the messages.
    }
  }
}

const PLANNED: readonly CrashReport['cause'][] = ['manual', 'reload', 'session-end'];

async function sendOne<M extends Message>(message: M, { carrier }: Channel<M>): Promise<Outcome> {
  let outcome: Outcome = { kind: 'unreachable', message: 'no outcome was told' };
  await carrier.send([message], (_id, told) => {
    outcome = told;
  });
  return outcome;
}
