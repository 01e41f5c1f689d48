import type { NoticeDescriptor } from '../../ipc/descriptor.ts';
import type { PromisifiedIPCManager } from '../../ipc/promisified-ipc-manager.ts';
import { VigilError, type VigilErrorCode } from '../../errors.ts';
import { type Clock, systemClock, waitFor } from '../../util/clock.ts';
import { awayError, closedError } from '../broker-errors.ts';
import type {
  Broker,
  BrokerState,
  ConsumeOptions,
  DeadLetters,
  JobConsumer,
  JobMessage,
  Letter,
  Mailbox,
  MailboxOptions,
  News,
  QueueCounts,
} from '../broker.ts';
import * as messages from './broker-messages.ts';
import { IpcConsumer } from './ipc-consumer.ts';
import { createIpcDeadLetters } from './ipc-dead-letters.ts';
import { IpcMailbox } from './ipc-mailbox.ts';

export interface ConnectOptions {
  /** Calls back when the other process is gone, as `process.once('disconnect', …)` does. */
  readonly onDisconnect: (listener: () => void) => void;
  readonly clock?: Clock;
}

/**
 * The broker of the process at the other end of a channel, which lets it be used by `serveBroker`.
 *
 * Once that process is gone the broker is `away` for good.
 *
 * @throws ERR_BROKER_AWAY when the process is gone @lazy
 */
export async function connectBroker(
  manager: PromisifiedIPCManager,
  options: ConnectOptions,
): Promise<Broker> {
  const broker = new IpcBroker(manager, options);
  await broker.start();
  return broker;
}

class IpcBroker implements Broker {
  readonly dead: DeadLetters;
  readonly #manager: PromisifiedIPCManager;
  readonly #clock: Clock;
  readonly #consumers = new Map<number, IpcConsumer>();
  readonly #mailboxes = new Map<number, IpcMailbox>();
  readonly #stateListeners = new Set<(state: BrokerState) => void>();
  readonly #cancelListeners = new Set<(jobId: string) => void>();
  #state: BrokerState = 'connecting';
  #lastNumber = 0;
  #closing: Promise<void> | null = null;

  constructor(manager: PromisifiedIPCManager, options: ConnectOptions) {
    this.#manager = manager;
    this.#clock = options.clock ?? systemClock;
    this.dead = createIpcDeadLetters(this.#ask);
    this.#listen();
    options.onDisconnect(() => {
      this.#lose();
    });
  }

  async start(): Promise<void> {
    this.#enter(await this.#ask(messages.HELLO, undefined));
  }

  get state(): BrokerState {
    return this.#state;
  }

  onState(listener: (state: BrokerState) => void): () => void {
    this.#stateListeners.add(listener);
    return () => void this.#stateListeners.delete(listener);
  }

  publish(job: JobMessage): Promise<'queued' | 'unroutable'> {
    return this.#ask(messages.PUBLISH, job);
  }

  async consume(options: ConsumeOptions): Promise<JobConsumer> {
    const number = ++this.#lastNumber;
    const consumer = new IpcConsumer(number, options, this.#ask);
    this.#consumers.set(number, consumer);
    await this.#ask(messages.CONSUME, {
      consumer: number,
      names: options.names,
      prefetch: options.prefetch,
    });
    return consumer;
  }

  cancel(jobId: string): Promise<'removed' | 'told'> {
    return this.#ask(messages.CANCEL, { jobId });
  }

  onCancel(listener: (jobId: string) => void): () => void {
    this.#cancelListeners.add(listener);
    return () => void this.#cancelListeners.delete(listener);
  }

  async openMailbox(options: MailboxOptions): Promise<Mailbox> {
    const number = ++this.#lastNumber;
    const mailbox = new IpcMailbox(number, options, {
      ask: this.#ask,
      tell: (notice, args) => {
        this.#notify(notice, args);
      },
    });
    this.#mailboxes.set(number, mailbox);
    await mailbox.open();
    return mailbox;
  }

  post(address: string, letter: Letter): Promise<'delivered' | 'gone'> {
    return this.#ask(messages.POST, { address, letter });
  }

  tell(address: string, news: News): void {
    this.#notify(messages.TELL, { address, news });
  }

  counts(names: readonly string[]): Promise<readonly QueueCounts[]> {
    return this.#ask(messages.COUNTS, names);
  }

  close(options: { readonly drainMs?: number } = {}): Promise<void> {
    this.#closing ??= this.#close(options.drainMs ?? 0);
    return this.#closing;
  }

  readonly #ask: messages.AskBroker = async (request, args) => {
    if (this.#state === 'closed') throw closedError();
    const answer = await this.#manager.emit(request, args, { timeoutMs: Infinity });
    if (answer.error !== undefined) throw brokerError(answer.error);
    return answer.results[0] as never;
  };

  #notify<Args>(notice: NoticeDescriptor<Args>, args: Args): void {
    if (this.#state !== 'closed') this.#manager.notify(notice, args);
  }

  #listen(): void {
    this.#manager
      .on(messages.JOB, (notice) => this.#consumers.get(notice.consumer)?.receive(notice))
      .on(messages.LOST, ({ consumer, delivery }) => this.#consumers.get(consumer)?.lose(delivery))
      .on(messages.MAIL, (notice) => this.#mailboxes.get(notice.mailbox)?.receive(notice))
      .on(messages.NEWS, ({ mailbox, news }) => this.#mailboxes.get(mailbox)?.hear(news))
      .on(messages.CALLED_OFF, ({ jobId }) => {
        for (const listener of this.#cancelListeners) listener(jobId);
      })
      .on(messages.STATE, ({ state }: { readonly state?: BrokerState }) => {
        if (typeof state === 'string') this.#enter(state);
      });
  }

  async #close(drainMs: number): Promise<void> {
    const consumers = [...this.#consumers.values()];
    await Promise.allSettled(consumers.map((consumer) => consumer.stop()));
    if (drainMs > 0) {
      const enough = new AbortController();
      const idle = Promise.all(consumers.map((consumer) => consumer.whenIdle()));
      await Promise.race([idle, waitFor(this.#clock, drainMs, enough.signal)]);
      enough.abort();
    }
    await Promise.allSettled([...consumers.map((consumer) => consumer.giveUp())]);
    await Promise.allSettled([...this.#mailboxes.values()].map((mailbox) => mailbox.close()));
    this.#enter('closed');
  }

  #lose(): void {
    this.#enter('away');
    for (const consumer of this.#consumers.values()) consumer.loseAll();
  }

  #enter(state: BrokerState): void {
    if (this.#state === state || this.#state === 'closed') return;
    this.#state = state;
    for (const listener of this.#stateListeners) listener(state);
  }
}

function brokerError(error: { readonly code?: unknown; readonly message: string }): VigilError {
  const { code, message } = error;
  const isOwn = typeof code === 'string' && code.startsWith('ERR_BROKER_');
  return isOwn ? new VigilError(code as VigilErrorCode, message) : awayError(error);
}
