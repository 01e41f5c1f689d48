import type { Clock } from '../../util/clock.ts';
import { awayError, closedError, fullError } from '../broker-errors.ts';
import type { BrokerState, News } from '../broker.ts';
import { writeNews } from './job-envelope.ts';
import { NewsBundle } from './news-bundle.ts';
import { Publisher } from './publisher.ts';
import { StallWatch } from './stall-watch.ts';
import {
  type Channel,
  type Connection,
  type Envelope,
  isReady,
  reconnect,
  writeTogether,
} from './rabbitmq-adapter.ts';

/** Sets something up on each new connection, before anybody is told that it is there. */
export type Setup = () => Promise<void>;

/** The connection of one process to RabbitMQ: its state, and what is sent over it. */
export class AmqpLine {
  readonly clock: Clock;
  readonly #connection: Connection;
  readonly #setups = new Set<Setup>();
  readonly #listeners = new Set<(state: BrokerState) => void>();
  readonly #news = new NewsBundle((queue, news) => {
    this.#tell(queue, news);
  });
  readonly #stalls: StallWatch;
  #state: BrokerState = 'connecting';
  #publisher: Promise<Publisher> | null = null;
  #publisherAt = 0;
  #current: Publisher | null = null;
  #teller: Promise<Channel> | null = null;
  #inFlight = 0;
  #generation = 0;
  #retry: { cancel(): void } | null = null;

  constructor(connection: Connection, clock: Clock) {
    this.clock = clock;
    this.#connection = connection;
    this.#stalls = new StallWatch({
      clock,
      limitMs: LONGEST_ANSWER_MS,
      onStall: () => {
        this.escape();
      },
    });
    connection.on('connection', () => void this.#begin());
    connection.on('error', () => {
      if (!isReady(connection)) this.#lose();
    });
    connection.on('connection.blocked', () => {
      this.#enter('blocked');
    });
    connection.on('connection.unblocked', () => {
      this.#stalls.restart();
      this.#enter('up');
    });
  }

  get state(): BrokerState {
    return this.#state;
  }

  /** Whether something can be asked for. */
  get isThere(): boolean {
    return this.#state === 'up' || this.#state === 'blocked';
  }

  onState(listener: (state: BrokerState) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** To be done on each connection from the next one on. The function returned takes it away. */
  onConnection(setup: Setup): () => void {
    this.#setups.add(setup);
    return () => void this.#setups.delete(setup);
  }

  /** A channel of one's own, whose errors are its own. */
  async acquire(): Promise<Channel> {
    if (this.#state === 'closed') throw closedError();
    // Also while it is being set up, and not yet said to be up.
    if (!isReady(this.#connection) && this.#state !== 'blocked') throw awayError();
    return this.#open();
  }

  /** Does one thing with a channel that is closed after it. */
  async withChannel<T>(work: (channel: Channel) => Promise<T>): Promise<T> {
    const asked = this.#stalls.begin();
    try {
      const channel = await this.acquire();
      try {
        return await work(channel);
      } finally {
        await channel.close();
      }
    } finally {
      this.#stalls.end(asked);
    }
  }

  /**
   * Sends a message, and waits until the server has confirmed it. `returned`: there is no queue for it.
   *
   * @throws ERR_BROKER_AWAY, ERR_BROKER_CLOSED, ERR_BROKER_FULL
   */
  async send(envelope: Envelope, body: string): Promise<'routed' | 'returned'> {
    // Who hears of the end of a job first has no use for its beginning.
    this.#news.flush();
    this.check();
    if (this.#state === 'blocked') throw fullError('RabbitMQ is short of memory or disk space');
    if (this.#inFlight >= MOST_IN_FLIGHT)
      throw fullError(`${String(MOST_IN_FLIGHT)} messages wait to be confirmed`);
    this.#inFlight += 1;
    const asked = this.#stalls.begin();
    let publisher: Publisher | null = null;
    try {
      publisher = await (this.#publisher ??= this.#openPublisher());
      writeTogether(this.#connection);
      return await publisher.send(envelope, body);
    } catch (error) {
      if ((error as { code?: unknown }).code === 'NACK' && publisher !== null)
        this.#retire(publisher);
      throw this.#explain(error);
    } finally {
      this.#stalls.end(asked);
      this.#inFlight -= 1;
    }
  }

  /** What is written in this turn of the event loop goes out in one piece. */
  writeTogether(): void {
    writeTogether(this.#connection);
  }

  /** Sends what may be lost. */
  tell(queue: string, news: News): void {
    if (this.#state === 'up') this.#news.add(queue, news);
  }

  #tell(queue: string, news: readonly News[]): void {
    if (this.#state !== 'up') return;
    const { envelope, body } = writeNews(news);
    this.#teller ??= this.#open();
    this.#teller
      .then((channel) => {
        this.writeTogether();
        return channel.basicPublish({ ...envelope, routingKey: queue }, Buffer.from(body));
      })
      .catch(() => {
        this.#teller = null;
      });
  }

  /** @throws ERR_BROKER_CLOSED, ERR_BROKER_AWAY when nothing can be asked for */
  check(): void {
    if (this.#state === 'closed') throw closedError();
    if (!this.isThere) throw awayError();
  }

  /** What an error of the library is to others. */
  explain(error: unknown): Error {
    return this.#explain(error);
  }

  close(): void {
    this.#retry?.cancel();
    this.#stalls.stop();
    this.#enter('closed');
    this.#connection.unsafeDestroy();
  }

  async #begin(): Promise<void> {
    const generation = ++this.#generation;
    this.#retry?.cancel();
    try {
      for (const setup of [...this.#setups]) await setup();
      if (generation === this.#generation) this.#enter('up');
    } catch {
      if (generation !== this.#generation || this.#state === 'closed') return;
      // The node is there, and not yet ready, as when its cluster has no majority.
      this.#retry = this.clock.setTimer(SETUP_RETRY_MS, () => {
        if (isReady(this.#connection)) void this.#begin();
      });
    }
  }

  #open(): Promise<Channel> {
    const acquired = this.#connection.acquire({ emitErrorsFromChannel: true });
    return acquired.then((channel) => {
      channel.on('error', () => undefined);
      return channel;
    });
  }

  async #openPublisher(): Promise<Publisher> {
    this.#publisherAt = this.clock.now();
    try {
      const publisher = await Publisher.open(await this.#open(), () => {
        if (this.#current === publisher) this.#publisher = null;
      });
      this.#current = publisher;
      return publisher;
    } catch (error) {
      this.#publisher = null;
      throw error;
    }
  }

  /**
   * A channel that was opened while the leader of a queue was gone refuses all messages for that queue from then on,
   * whoever leads it by now (RabbitMQ 3.10). One that was refused something is not used again.
   */
  #retire(publisher: Publisher): void {
    const isNew = this.clock.now() - this.#publisherAt < LEAST_USE_MS;
    if (publisher !== this.#current || isNew) return;
    this.#publisher = null;
    publisher.retire();
  }

  #explain(error: unknown): Error {
    const { code } = error as { code?: unknown };
    if (typeof code === 'string' && code.startsWith('ERR_BROKER_')) return error as Error;
    if (this.#state === 'closed') return closedError();
    return code === 'NACK' ? fullError('RabbitMQ has refused the message') : awayError(error);
  }

  /**
   * Gives this connection up for one to another node. Not while the server is short of something: it says so, and answers
   * later.
   */
  escape(): void {
    if (this.#state === 'blocked') return;
    reconnect(this.#connection, new Error('RabbitMQ does not answer, as a queue without a leader'));
  }

  #lose(): void {
    this.#generation += 1;
    this.#teller = null;
    this.#enter('away');
  }

  #enter(state: BrokerState): void {
    if (this.#state === state || this.#state === 'closed') return;
    this.#state = state;
    for (const listener of [...this.#listeners]) listener(state);
  }
}

const MOST_IN_FLIGHT = 20_000;
/** A cluster that has lost a node has another leader after a few seconds. */
const LONGEST_ANSWER_MS = 10_000;
const SETUP_RETRY_MS = 500;
/** What is refused because its queue is full is so on every channel. */
const LEAST_USE_MS = 200;
