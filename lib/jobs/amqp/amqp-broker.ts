import { type Clock, waitFor } from '../../util/clock.ts';
import {
  type Broker,
  type BrokerSettings,
  type BrokerState,
  type ConsumeOptions,
  DEFAULT_PRIORITY,
  type JobConsumer,
  type JobMessage,
  type Letter,
  type Mailbox,
  type MailboxOptions,
  type News,
  type QueueCounts,
} from '../broker.ts';
import type { AmqpPlace } from '../broker-url.ts';
import { AmqpConsumer } from './amqp-consumer.ts';
import { AmqpDeadLetters } from './amqp-dead-letters.ts';
import { AmqpLine } from './amqp-line.ts';
import { openAmqpMailbox } from './amqp-mailbox.ts';
import { createCallReader, createDeathReader } from './call-reader.ts';
import { jobEnvelope, letterEnvelope } from './job-envelope.ts';
import { QueueDirectory } from './queue-directory.ts';
import { lookUpQueue, type QueueReader } from './queue-reader.ts';
import { connectRabbit } from './rabbitmq-adapter.ts';
import { setUpTopology } from './set-up-topology.ts';
import { CALLS_EXCHANGE, JOBS_EXCHANGE, jobQueue, newsQueueOf, presenceQueue } from './topology.ts';

/** A broker made of RabbitMQ. @lazy */
export class AmqpBroker implements Broker {
  readonly dead: AmqpDeadLetters;
  readonly #line: AmqpLine;
  readonly #settings: BrokerSettings;
  readonly #directory: QueueDirectory;
  readonly #consumers = new Set<AmqpConsumer>();
  readonly #mailboxes = new Set<Mailbox>();
  readonly #cancelListeners = new Set<(jobId: string) => void>();
  #deaths: QueueReader | null = null;
  #closing: Promise<void> | null = null;

  constructor(place: AmqpPlace, settings: BrokerSettings, clock: Clock) {
    const line = new AmqpLine(connectRabbit(place), clock);
    this.#line = line;
    this.#settings = settings;
    this.#directory = new QueueDirectory(line, settings);
    this.dead = new AmqpDeadLetters({ line, settings, directory: this.#directory });
    line.onConnection(() => setUpTopology(line, settings));
    const calls = createCallReader(line, {
      onCancel: (jobId) => {
        for (const listener of this.#cancelListeners) listener(jobId);
      },
      onQueue: (name, priority) => {
        this.#directory.learn(name, priority);
      },
    });
    line.onConnection(() => calls.setUp());
  }

  get state(): BrokerState {
    return this.#line.state;
  }

  onState(listener: (state: BrokerState) => void): () => void {
    return this.#line.onState(listener);
  }

  async publish(job: JobMessage): Promise<'queued' | 'unroutable'> {
    this.#line.check();
    const { name, priority } = job;
    const route =
      priority === DEFAULT_PRIORITY
        ? { exchange: JOBS_EXCHANGE, routingKey: name }
        : { routingKey: jobQueue(name, priority) };
    const envelope = { ...jobEnvelope(job, 0, this.#line.clock.wallTime()), ...route };
    if (priority !== DEFAULT_PRIORITY && !(await this.#hasQueue(name, priority)))
      return 'unroutable';
    if ((await this.#line.send(envelope, job.args)) === 'routed') return 'queued';
    this.#directory.forget(name);
    return 'unroutable';
  }

  async consume(options: ConsumeOptions): Promise<JobConsumer> {
    this.#line.check();
    const { settings, directory, line } = this.#parts;
    const consumer = new AmqpConsumer(options, { line, settings, directory });
    await this.#explained(() => consumer.start());
    this.#consumers.add(consumer);
    return consumer;
  }

  async cancel(jobId: string): Promise<'removed' | 'told'> {
    const envelope = { exchange: CALLS_EXCHANGE, type: 'cancel', messageId: jobId };
    await this.#line.send(envelope, '');
    return 'told';
  }

  onCancel(listener: (jobId: string) => void): () => void {
    this.#cancelListeners.add(listener);
    return () => void this.#cancelListeners.delete(listener);
  }

  async openMailbox(options: MailboxOptions): Promise<Mailbox> {
    this.#line.check();
    // Who reads letters sees to it that the server's own verdicts become some.
    this.#deaths ??= createDeathReader(this.#line, this.#settings, (address, letter) =>
      this.post(address, letter),
    );
    const mailbox = await this.#explained(async () => {
      await this.#deaths?.start();
      return openAmqpMailbox(this.#line, this.#settings, options);
    });
    this.#mailboxes.add(mailbox);
    return mailbox;
  }

  async post(address: string, letter: Letter): Promise<'delivered' | 'gone'> {
    const envelope = { ...letterEnvelope(letter), routingKey: address };
    return (await this.#line.send(envelope, letter.body)) === 'routed' ? 'delivered' : 'gone';
  }

  tell(address: string, news: News): void {
    const queue = newsQueueOf(address);
    if (queue !== null) this.#line.tell(queue, news);
  }

  async counts(names: readonly string[]): Promise<readonly QueueCounts[]> {
    this.#line.check();
    const counts = await Promise.all(names.map((name) => this.#count(name)));
    return counts.filter((count) => count !== null);
  }

  close(options: { readonly drainMs?: number } = {}): Promise<void> {
    this.#closing ??= this.#close(options.drainMs ?? 0);
    return this.#closing;
  }

  get #parts(): { line: AmqpLine; settings: BrokerSettings; directory: QueueDirectory } {
    return { line: this.#line, settings: this.#settings, directory: this.#directory };
  }

  async #hasQueue(name: string, priority: number): Promise<boolean> {
    if (this.#directory.isKnown(name, priority)) return true;
    if ((await lookUpQueue(this.#line, jobQueue(name, DEFAULT_PRIORITY))) === null) return false;
    if (!(await this.#directory.prioritiesOf(name)).includes(priority))
      await this.#directory.add(name, priority);
    return true;
  }

  async #count(name: string): Promise<QueueCounts | null> {
    const plain = await lookUpQueue(this.#line, jobQueue(name, DEFAULT_PRIORITY));
    if (plain === null) return null;
    const presence = await lookUpQueue(this.#line, presenceQueue(name));
    const priorities = await this.#directory.prioritiesOf(name);
    const queues = await Promise.all(
      priorities.map((priority) => lookUpQueue(this.#line, jobQueue(name, priority))),
    );
    const ready = queues.reduce((sum, queue) => sum + (queue?.messages ?? 0), 0);
    return { name, ready, consumers: Math.max(presence?.consumers ?? 0, plain.consumers) };
  }

  async #explained<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.#line.explain(error);
    }
  }

  async #close(drainMs: number): Promise<void> {
    const consumers = [...this.#consumers];
    await Promise.allSettled(consumers.map((consumer) => consumer.stop()));
    if (drainMs > 0)
      await this.#within(drainMs, Promise.all(consumers.map((one) => one.whenIdle())));
    const ends = [...consumers.map((consumer) => consumer.abandon()), this.#deaths?.stop()];
    const all = Promise.allSettled([...ends, ...[...this.#mailboxes].map((box) => box.close())]);
    await this.#within(LONGEST_ANSWER_MS, all);
    this.#line.close();
  }

  async #within(limitMs: number, work: Promise<unknown>): Promise<void> {
    const enough = new AbortController();
    await Promise.race([work, waitFor(this.#line.clock, limitMs, enough.signal)]);
    enough.abort();
  }
}

/** A server that hangs does not answer, and keeps nobody from ending. */
const LONGEST_ANSWER_MS = 5000;
