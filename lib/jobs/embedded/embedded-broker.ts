import { type Clock, waitFor } from '../../util/clock.ts';
import { closedError } from '../broker-errors.ts';
import type {
  Broker,
  BrokerSettings,
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
import type { EmbeddedConsumer } from './embedded-consumer.ts';
import { JobDesk } from './job-desk.ts';
import type { JobStore } from './job-store.ts';
import { KeptTally } from './kept-tally.ts';
import { MailboxDesk } from './mailbox-desk.ts';
import { restoreKept } from './restore-kept.ts';

/** A broker inside this process, which keeps what it has in a store. @lazy */
export class EmbeddedBroker implements Broker {
  readonly #store: JobStore;
  readonly #clock: Clock;
  readonly #jobs: JobDesk;
  readonly #mailboxes: MailboxDesk;
  readonly #consumers = new Set<EmbeddedConsumer>();
  readonly #stateListeners = new Set<(state: BrokerState) => void>();
  readonly #cancelListeners = new Set<(jobId: string) => void>();
  #state: BrokerState = 'up';
  #closing: Promise<void> | null = null;

  private constructor(store: JobStore, clock: Clock, settings: BrokerSettings) {
    this.#store = store;
    this.#clock = clock;
    const tally = new KeptTally(settings, store.hasTexts);
    const { mailboxTtlMs } = settings;
    this.#mailboxes = new MailboxDesk({ store, tally, clock, mailboxTtlMs });
    this.#jobs = new JobDesk({ store, tally, mailboxes: this.#mailboxes, clock, settings });
    this.tally = tally;
    store.onBlocked = (isBlocked) => {
      this.#enter(isBlocked ? 'blocked' : 'up');
    };
  }

  /** How much it keeps. */
  readonly tally: KeptTally;

  /** Reads what the store has, and is ready. */
  static async open(
    store: JobStore,
    clock: Clock,
    settings: BrokerSettings,
  ): Promise<EmbeddedBroker> {
    const broker = new EmbeddedBroker(store, clock, settings);
    await restoreKept(store, {
      jobs: broker.#jobs,
      mailboxes: broker.#mailboxes,
      tally: broker.tally,
    });
    return broker;
  }

  get state(): BrokerState {
    return this.#state;
  }

  get dead(): DeadLetters {
    return this.#jobs.dead;
  }

  onState(listener: (state: BrokerState) => void): () => void {
    this.#stateListeners.add(listener);
    return () => void this.#stateListeners.delete(listener);
  }

  publish(job: JobMessage): Promise<'queued' | 'unroutable'> {
    if (this.#closing !== null) return Promise.reject(closedError());
    return this.#jobs.publish(job);
  }

  async consume(options: ConsumeOptions): Promise<JobConsumer> {
    this.#checkOpen();
    const consumer = await this.#jobs.consume(options);
    this.#checkOpen();
    this.#consumers.add(consumer);
    consumer.start();
    return consumer;
  }

  async cancel(jobId: string): Promise<'removed' | 'told'> {
    this.#checkOpen();
    if (await this.#jobs.cancel(jobId)) return 'removed';
    for (const listener of this.#cancelListeners)
      queueMicrotask(() => {
        listener(jobId);
      });
    return 'told';
  }

  onCancel(listener: (jobId: string) => void): () => void {
    this.#cancelListeners.add(listener);
    return () => void this.#cancelListeners.delete(listener);
  }

  async openMailbox(options: MailboxOptions): Promise<Mailbox> {
    this.#checkOpen();
    return this.#mailboxes.open(options);
  }

  post(address: string, letter: Letter): Promise<'delivered' | 'gone'> {
    if (this.#closing !== null) return Promise.reject(closedError());
    return this.#mailboxes.post(address, letter);
  }

  tell(address: string, news: News): void {
    if (this.#state !== 'closed') this.#mailboxes.tell(address, news);
  }

  counts(names: readonly string[]): Promise<readonly QueueCounts[]> {
    return Promise.resolve(this.#jobs.counts(names));
  }

  close(options: { readonly drainMs?: number } = {}): Promise<void> {
    this.#closing ??= this.#close(options.drainMs ?? 0);
    return this.#closing;
  }

  async #close(drainMs: number): Promise<void> {
    await Promise.all([...this.#consumers].map((consumer) => consumer.stop()));
    if (drainMs > 0) await this.#drain(drainMs);
    this.#enter('closed');
    for (const consumer of this.#consumers) consumer.abandon();
    this.#jobs.stop();
    this.#mailboxes.stop();
    await this.#store.close();
  }

  async #drain(drainMs: number): Promise<void> {
    const enough = new AbortController();
    const idle = Promise.all([...this.#consumers].map((consumer) => consumer.whenIdle()));
    await Promise.race([idle, waitFor(this.#clock, drainMs, enough.signal)]);
    enough.abort();
  }

  #enter(state: BrokerState): void {
    if (this.#state === state || this.#state === 'closed') return;
    this.#state = state;
    for (const listener of this.#stateListeners) listener(state);
  }

  #checkOpen(): void {
    if (this.#closing !== null) throw closedError();
  }
}
