import type { VigilError } from '../errors.ts';
import { isoTime, type Clock, type Timer } from '../util/clock.ts';
import type { Outcome, OutcomeListener } from './carrier.ts';
import type { Channel } from './channel.ts';
import type { DeliveryError, DeliveryEvent } from './delivery-event.ts';
import type { Message, MessageKind } from './message.ts';
import { isRefusalFinal, retryDelayMs } from './retry.ts';

export interface DispatcherOptions<M extends Message> {
  readonly channel: Channel<M>;
  readonly clock: Clock;
  /** Must not throw. */
  readonly onEvent: (event: DeliveryEvent) => void;
  /** Hides secrets in what a server says. */
  readonly mask: (text: string) => string;
}

/** Brings messages from the spool to the server that takes them: at once, then again and again, each until it is accepted or refused for good. */
export class Dispatcher<M extends Message> {
  readonly #options: DispatcherOptions<M>;
  readonly #waiting = new Map<string, Waiting<M>>();
  /** Writes to the spool that are under way. */
  readonly #writes = new Set<Promise<void>>();
  #run: Promise<void> | null = null;
  #timer: Timer | null = null;
  #isStopped = false;
  /** The receiver said that it wants nothing more. */
  #isGone = false;
  #lastAcceptedAt: string | null = null;

  constructor(options: DispatcherOptions<M>) {
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
      const { messages, unreadable } = await this.#spool.open();
      // One that has come meanwhile is on disk by now as well.
      const isNew = ({ id }: M): boolean => !this.#waiting.has(id);
      for (const message of messages.filter(isNew)) this.#admit(message, true);
      for (const id of unreadable) {
        this.#failed({ kind: 'unknown', id }, this.#spool.describeUnreadable(id));
      }
      this.#schedule();
    } catch (error) {
      this.#failed({ kind: 'unknown', id: '' }, describe(error as VigilError));
    }
  }

  /** Writes a message to the spool and then sends it. */
  add(message: M): void {
    if (this.#isGone) {
      this.#failed(message, this.#words('the receiver wants nothing more until the next start'));
      return;
    }
    const write = this.#write(message).finally(() => this.#writes.delete(write));
    this.#writes.add(write);
  }

  /** Tries every waiting message once, those included whose next try is later. */
  async sendAll(): Promise<void> {
    await Promise.all(this.#writes);
    await this.#run;
    const now = this.#options.clock.now();
    for (const waiting of this.#waiting.values()) {
      if (waiting.dueAt !== Infinity) waiting.dueAt = Math.min(waiting.dueAt, now);
    }
    while (!this.#isStopped && this.#due().length > 0) await this.#startRun();
  }

  /** Breaks off what is being sent. Messages added from now on are kept for the next monitor. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#options.channel.carrier.close();
    await this.#run;
    await Promise.all(this.#writes);
  }

  get #spool(): Channel<M>['spool'] {
    return this.#options.channel.spool;
  }

  async #write(message: M): Promise<void> {
    const waiting = this.#admit(message, false);
    const { id, kind } = message;
    const type = `${this.#options.channel.name}.queued` as const;
    try {
      await this.#spool.put(message);
      waiting.onDisk = true;
      if (!this.#waiting.has(id)) this.#forget(waiting);
      this.#options.onEvent({ type, kind, id, onDisk: true });
    } catch (error) {
      const why = describe(error as VigilError);
      this.#options.onEvent({ type, kind, id, onDisk: false, error: why });
    }
    waiting.dueAt = this.#options.clock.now();
    this.#schedule();
  }

  #admit(message: M, onDisk: boolean): Waiting<M> {
    if (this.#waiting.size >= MAX_WAITING) this.#dropOne();
    const dueAt = onDisk ? this.#options.clock.now() : Infinity;
    const disk = Promise.resolve();
    const waiting = { message, onDisk, disk, dueAt, tries: 0, failures: 0, refusals: 0 };
    this.#waiting.set(message.id, waiting);
    return waiting;
  }

  #dropOne(): void {
    const all = [...this.#waiting.values()];
    const kinds: readonly MessageKind[] = ['digest', 'crash'];
    const first =
      kinds.map((kind) => all.find(({ message }) => message.kind === kind)).find(Boolean) ?? all[0];
    if (first === undefined) return;
    this.#forget(first);
    const message = `dropped, because ${MAX_WAITING} wait already`;
    this.#failed(first.message, { code: this.#options.channel.errorCodes.spool, message });
  }

  #due(): Waiting<M>[] {
    const now = this.#options.clock.now();
    return [...this.#waiting.values()]
      .filter(({ dueAt }) => dueAt <= now)
      .sort((a, b) => a.tries - b.tries || (a.message.id < b.message.id ? -1 : 1));
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
    const untold = new Map(batch.map((waiting) => [waiting.message.id, waiting]));
    const messages = batch.map(({ message }) => message);
    const unreachable = new Set<Waiting<M>>();
    await this.#send(messages, (id, outcome) => {
      const waiting = untold.get(id);
      if (waiting === undefined) return;
      untold.delete(id);
      if (outcome.kind === 'unreachable') unreachable.add(waiting);
      this.#settle(waiting, outcome);
    });
    // What fails one message in this way fails all; but the one that was tried goes to the end of the queue,
    // since it may itself be what the server hangs on.
    if (this.#isGone) this.#setAllAside();
    else if (unreachable.size > 0 || untold.size > 0)
      for (const waiting of this.#due()) this.#postpone(waiting);
  }

  // A carrier must not reject; if one does, its messages count as not sent.
  async #send(messages: readonly M[], onOutcome: OutcomeListener): Promise<void> {
    try {
      await this.#options.channel.carrier.send(messages, onOutcome);
    } catch (error) {
      this.#failed({ kind: 'unknown', id: '' }, this.#words(String(error)));
    }
  }

  #settle(waiting: Waiting<M>, outcome: Outcome): void {
    waiting.tries += 1;
    if (outcome.kind === 'accepted') this.#accepted(waiting, outcome);
    else this.#notAccepted(waiting, outcome);
  }

  #accepted(waiting: Waiting<M>, { response, refused }: Accepted): void {
    const { id, kind, messageId } = waiting.message;
    const type = `${this.#options.channel.name}.sent` as const;
    this.#lastAcceptedAt = isoTime(this.#options.clock);
    const masked = this.#options.mask(response);
    const attempts = waiting.tries;
    this.#options.onEvent({ type, kind, id, messageId, response: masked, attempts });
    const onlyTo = refused.filter(({ isFinal }) => !isFinal).map(({ recipient }) => recipient);
    if (onlyTo.length === 0) this.#forget(waiting);
    else this.#keepFor(waiting, onlyTo);
    for (const { recipient, message, isFinal } of refused) {
      const retryInMs = isFinal ? null : retryDelayMs(waiting.failures);
      this.#failed(waiting.message, this.#words(message), { recipients: [recipient], retryInMs });
    }
  }

  /** The message goes on for the recipients that the server put off. */
  #keepFor(waiting: Waiting<M>, onlyTo: readonly string[]): void {
    waiting.message = this.#options.channel.narrow(waiting.message, onlyTo);
    this.#postpone(waiting);
    this.#onDisk(waiting, () => this.#spool.put(waiting.message));
  }

  #notAccepted(waiting: Waiting<M>, outcome: Exclude<Outcome, Accepted>): void {
    if (outcome.kind === 'refused') waiting.refusals += 1;
    if (outcome.kind === 'gone') this.#isGone = true;
    const words = this.#words(outcome.message);
    if (this.#isGone || isRefusalFinal(waiting.refusals)) this.#setAside(waiting, words);
    else this.#failed(waiting.message, words, { retryInMs: this.#postpone(waiting) });
  }

  #setAllAside(): void {
    const words = this.#words('the receiver wants nothing more');
    for (const waiting of [...this.#waiting.values()]) this.#setAside(waiting, words);
  }

  #setAside(waiting: Waiting<M>, words: DeliveryError): void {
    this.#waiting.delete(waiting.message.id);
    this.#onDisk(waiting, () => this.#spool.setAside(waiting.message.id));
    this.#failed(waiting.message, words);
  }

  #postpone(waiting: Waiting<M>): number {
    waiting.failures += 1;
    const delayMs = retryDelayMs(waiting.failures);
    waiting.dueAt = this.#options.clock.now() + delayMs;
    return delayMs;
  }

  #forget(waiting: Waiting<M>): void {
    this.#waiting.delete(waiting.message.id);
    this.#onDisk(waiting, () => this.#spool.remove(waiting.message.id));
  }

  /** One after the other for each message: a file that is removed must not be written once more by a slower write. */
  #onDisk(waiting: Waiting<M>, work: () => Promise<void>): void {
    if (!waiting.onDisk) return;
    const settled = waiting.disk
      .then(work)
      .catch((error: unknown) => {
        this.#failed({ kind: 'unknown', id: '' }, describe(error as VigilError));
      })
      .finally(() => this.#writes.delete(settled));
    waiting.disk = settled;
    this.#writes.add(settled);
  }

  #words(message: string): DeliveryError {
    return { code: this.#options.channel.errorCodes.failed, message: this.#options.mask(message) };
  }

  #failed(message: FailedMessage, error: DeliveryError, more: FailureDetails = {}): void {
    const { kind, id } = message;
    const type = `${this.#options.channel.name}.failed` as const;
    this.#options.onEvent({ type, kind, id, error, retryInMs: null, ...more });
  }
}

type Accepted = Extract<Outcome, { kind: 'accepted' }>;

interface Waiting<M extends Message> {
  message: M;
  onDisk: boolean;
  /** The last of what is done to its file. */
  disk: Promise<void>;
  /** Infinity while it is being written. */
  dueAt: number;
  /** How often the server was asked to take it. */
  tries: number;
  /** How often it had to wait, tried or not: the measure of the next wait. */
  failures: number;
  /** How often the server refused it for good. */
  refusals: number;
}

interface FailedMessage {
  readonly kind: MessageKind | 'unknown';
  readonly id: string;
}

interface FailureDetails {
  readonly recipients?: readonly string[];
  readonly retryInMs?: number | null;
}

const MAX_WAITING = 500;
const MAX_BATCH = 20;

function describe(error: VigilError): DeliveryError {
  return { code: error.code, message: error.message };
}
