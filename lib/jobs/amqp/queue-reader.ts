import type { Timer } from '../../util/clock.ts';
import { Acknowledger } from './acknowledger.ts';
import type { AmqpLine } from './amqp-line.ts';
import { gatherTurn } from './gather-turn.ts';
import type { AsyncMessage, Channel } from './rabbitmq-adapter.ts';
import type { QueueDeclaration } from './topology.ts';

export interface QueueReaderOptions {
  /** Declares the queue, and whatever else is wanted, and says which one is to be read. */
  readonly declare: (channel: Channel) => Promise<string>;
  /** 0 for as many as there are; quorum queues want a number. */
  readonly prefetch: number;
  /** They need no acknowledgement. */
  readonly noAck?: boolean;
  readonly onMessage: (message: AsyncMessage, acknowledge: () => void) => void;
}

/** Reads one queue, on each connection anew. */
export class QueueReader {
  readonly #line: AmqpLine;
  readonly #options: QueueReaderOptions;
  #channel: Channel | null = null;
  #acknowledger: Acknowledger | null = null;
  #forget: () => void = () => undefined;
  #retry: Timer | null = null;
  #isStarted = false;
  #isStopped = false;

  constructor(line: AmqpLine, options: QueueReaderOptions) {
    this.#line = line;
    this.#options = options;
  }

  /** Rejects when it cannot be read now; once it was, it is read again by itself. */
  async start(): Promise<void> {
    if (this.#isStarted) return;
    await this.setUp();
    this.#isStarted = true;
    this.#forget = this.#line.onConnection(() => this.setUp());
  }

  /** What was not acknowledged goes back. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#forget();
    this.#retry?.cancel();
    this.#acknowledger?.flush();
    await this.#channel?.close();
  }

  /** Begins anew on the present connection. */
  async setUp(): Promise<void> {
    if (this.#isStopped) return;
    this.#retry?.cancel();
    this.#acknowledger?.flush();
    await this.#channel?.close();
    const channel = await this.#line.acquire();
    this.#channel = channel;
    const acknowledger = new Acknowledger(channel, () => {
      this.#line.writeTogether();
    });
    this.#acknowledger = acknowledger;
    const { declare, prefetch, noAck = false } = this.#options;
    const queue = await declare(channel);
    if (!noAck) await channel.basicQos({ prefetchCount: prefetch });
    channel.once('close', () => {
      this.#tryAgain(channel);
    });
    channel.once('basic.cancel', () => void channel.close());
    const gather = gatherTurn<AsyncMessage>((messages) => {
      for (const message of messages) this.#receive(acknowledger, message);
    });
    await channel.basicConsume({ queue, noAck }, (message) => {
      if (!noAck) acknowledger.arrive(message.deliveryTag);
      gather(message);
    });
  }

  #receive(acknowledger: Acknowledger, message: AsyncMessage): void {
    if (acknowledger !== this.#acknowledger || this.#isStopped) return;
    this.#options.onMessage(message, () => {
      acknowledger.ack(message.deliveryTag);
    });
  }

  // The server closes a channel on its own account too, as after its consumer timeout.
  #tryAgain(channel: Channel): void {
    if (channel !== this.#channel || this.#isStopped || !this.#line.isThere) return;
    this.#retry?.cancel();
    this.#retry = this.#line.clock.setTimer(RETRY_MS, () => {
      this.setUp().catch(() => {
        this.#tryAgain(channel);
      });
    });
  }
}

const RETRY_MS = 500;

/** Declares a queue, and takes it as it is when it was declared with other settings before. */
export async function declareQueue(line: AmqpLine, declaration: QueueDeclaration): Promise<void> {
  const { queue } = declaration;
  try {
    await line.withChannel((channel) => channel.queueDeclare({ ...declaration }));
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'PRECONDITION_FAILED') throw line.explain(error);
    await line.withChannel((channel) => channel.queueDeclare({ queue, passive: true }));
  }
}

/** What the server says of a queue; null when there is none. */
export async function lookUpQueue(
  line: AmqpLine,
  queue: string,
): Promise<{ readonly messages: number; readonly consumers: number } | null> {
  try {
    const { messageCount, consumerCount } = await line.withChannel((channel) =>
      channel.queueDeclare({ queue, passive: true }),
    );
    return { messages: messageCount, consumers: consumerCount };
  } catch (error) {
    if ((error as { code?: unknown }).code === 'NOT_FOUND') return null;
    throw line.explain(error);
  }
}
