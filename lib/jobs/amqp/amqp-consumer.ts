import { type Timer, waitFor } from '../../util/clock.ts';
import {
  type BrokerSettings,
  type ConsumeOptions,
  DEFAULT_PRIORITY,
  type JobConsumer,
} from '../broker.ts';
import { Acknowledger } from './acknowledger.ts';
import { AmqpDelivery } from './amqp-delivery.ts';
import type { AmqpLine } from './amqp-line.ts';
import { gatherTurn } from './gather-turn.ts';
import { type IdleWatch, watchIdleQueue } from './idle-watch.ts';
import { parseJob, type Received } from './job-envelope.ts';
import { JobPuller } from './job-puller.ts';
import { LeaseWatch } from './lease-watch.ts';
import type { QueueDirectory } from './queue-directory.ts';
import { declareQueue } from './queue-reader.ts';
import type { Channel } from './rabbitmq-adapter.ts';
import {
  declareFleeting,
  declareJobs,
  JOBS_EXCHANGE,
  jobQueue,
  presenceQueue,
} from './topology.ts';

export interface AmqpConsumerParts {
  readonly line: AmqpLine;
  readonly settings: BrokerSettings;
  readonly directory: QueueDirectory;
}

/** Takes jobs of some names, on each connection anew. */
export class AmqpConsumer implements JobConsumer {
  readonly #options: ConsumeOptions;
  readonly #parts: AmqpConsumerParts;
  readonly #held = new Set<AmqpDelivery>();
  readonly #forget: (() => void)[] = [];
  readonly #leases: LeaseWatch<AmqpDelivery> | null;
  readonly #idle: IdleWatch;
  readonly #handOver = gatherTurn<AmqpDelivery>((deliveries) => {
    for (const delivery of deliveries)
      // It may have been lost meanwhile.
      if (this.#held.has(delivery)) this.#options.onJob(delivery);
  });
  #presence: string[] = [];
  #channel: Channel | null = null;
  #acknowledger: Acknowledger | null = null;
  #puller: JobPuller | null = null;
  #unsettled = 0;
  #retry: Timer | null = null;
  #isStopped = false;
  #onIdle: (() => void)[] = [];

  constructor(options: ConsumeOptions, parts: AmqpConsumerParts) {
    this.#options = options;
    this.#parts = parts;
    this.#leases = this.#createLeases();
    this.#idle = watchIdleQueue(parts.line, {
      queue: jobQueue(options.names[0] ?? '', DEFAULT_PRIORITY),
      isIdle: () => this.#held.size === 0 && this.#puller?.isListening === true,
    });
  }

  async start(): Promise<void> {
    const { line, directory } = this.#parts;
    await this.#setUp();
    this.#leases?.start();
    this.#idle.start();
    this.#forget.push(
      line.onConnection(() => this.#setUp()),
      directory.onQueue((name, priority) => {
        if (this.#options.names.includes(name)) this.#puller?.add({ name, priority });
      }),
    );
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#idle.stop();
    this.#retry?.cancel();
    for (const forget of this.#forget.splice(0)) forget();
    const channel = this.#channel;
    // A server that hangs does not answer, and keeps nobody from ending.
    const enough = new AbortController();
    await Promise.race([
      this.#endConsuming(channel),
      waitFor(this.#parts.line.clock, LONGEST_ANSWER_MS, enough.signal),
    ]);
    enough.abort();
    const acknowledger = this.#acknowledger;
    void this.whenIdle().then(() => {
      this.#leases?.stop();
      acknowledger?.flush();
      return channel?.close();
    });
  }

  async #endConsuming(channel: Channel | null): Promise<void> {
    await this.#puller?.stop();
    for (const tag of this.#presence.splice(0))
      await channel?.basicCancel(tag).catch(() => undefined);
  }

  whenIdle(): Promise<void> {
    if (this.#unsettled === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onIdle.push(resolve));
  }

  /** Gives back what is not settled. */
  async abandon(): Promise<void> {
    this.#leases?.stop();
    const leased = [...this.#held].filter(({ isLeased }) => isLeased);
    for (const delivery of leased) this.#options.onLost?.(delivery);
    await Promise.allSettled(leased.map((delivery) => delivery.retry()));
    this.#loseAll();
    this.#acknowledger?.flush();
    await this.#channel?.close();
  }

  #createLeases(): LeaseWatch<AmqpDelivery> | null {
    const { line, settings } = this.#parts;
    const { consumerTimeoutMs } = settings;
    if (consumerTimeoutMs === null) return null;
    return new LeaseWatch({
      clock: line.clock,
      allowedMs: consumerTimeoutMs,
      held: () => this.#held,
      // The server would send another in the place of each.
      prepare: () => this.#puller?.pull(),
      onForfeit: (delivery) => {
        this.#loseOne(delivery);
      },
    });
  }

  async #setUp(): Promise<void> {
    if (this.#isStopped) return;
    const { line, settings, directory } = this.#parts;
    const { names, prefetch } = this.#options;
    for (const name of names) {
      await declareQueue(line, declareJobs(name, DEFAULT_PRIORITY, settings));
      await declareQueue(line, declareFleeting(presenceQueue(name)));
    }
    this.#acknowledger?.flush();
    await this.#channel?.close();
    const channel = await line.acquire();
    this.#channel = channel;
    const acknowledger = new Acknowledger(channel, () => {
      line.writeTogether();
    });
    this.#acknowledger = acknowledger;
    this.#presence = [];
    channel.once('close', () => {
      this.#lose(channel);
    });
    for (const name of names) await this.#beSeen(channel, name);
    const found = await Promise.all(
      names.map(async (name) =>
        (await directory.prioritiesOf(name)).map((priority) => ({ name, priority })),
      ),
    );
    this.#puller = new JobPuller({
      channel,
      clock: line.clock,
      prefetch,
      held: () => this.#held.size,
      onArrival: (deliveryTag) => {
        acknowledger.arrive(deliveryTag);
      },
      onMessage: (message) => {
        this.#receive({ channel, acknowledger }, message);
      },
      giveBack: async (message) => {
        await this.#deliveryOf({ channel, acknowledger }, message)?.release();
      },
    });
    await this.#puller.start(found.flat());
  }

  async #beSeen(channel: Channel, name: string): Promise<void> {
    await channel.queueBind({
      queue: jobQueue(name, DEFAULT_PRIORITY),
      exchange: JOBS_EXCHANGE,
      routingKey: name,
    });
    const seen = { queue: presenceQueue(name), noAck: true };
    this.#presence.push((await channel.basicConsume(seen, () => undefined)).consumerTag);
  }

  #receive(way: Way, message: Received & { deliveryTag: number }): void {
    const delivery = this.#deliveryOf(way, message);
    if (delivery === null) return;
    if (delivery.attempt > this.#parts.settings.maxDeliveries) {
      delivery.retry().catch(() => undefined);
      return;
    }
    this.#handOver(delivery);
  }

  #deliveryOf(way: Way, message: Received & { deliveryTag: number }): AmqpDelivery | null {
    const { deliveryTag } = message;
    const found = parseJob(message);
    if (found === null) {
      // Somebody else's: to the dead letters as it is.
      way.acknowledger.nack(deliveryTag, false);
      return null;
    }
    const { line, settings } = this.#parts;
    const { job, failures } = found;
    const leave = (): boolean => this.#leave(delivery);
    const delivery: AmqpDelivery = new AmqpDelivery(job, {
      line,
      settings,
      ...way,
      deliveryTag,
      failures,
      isHeld: (): boolean => this.#held.has(delivery),
      leave,
      onSettled: () => {
        this.#takeNote();
      },
    });
    this.#held.add(delivery);
    this.#unsettled += 1;
    return delivery;
  }

  #leave(delivery: AmqpDelivery): boolean {
    const wasHeld = this.#held.delete(delivery);
    if (wasHeld) this.#puller?.wake();
    return wasHeld;
  }

  #takeNote(): void {
    this.#unsettled -= 1;
    if (this.#unsettled > 0) return;
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  #lose(channel: Channel): void {
    if (channel !== this.#channel) return;
    this.#puller = null;
    // A lease has nothing to do with a channel.
    for (const delivery of [...this.#held]) if (!delivery.isLeased) this.#loseOne(delivery);
    if (this.#isStopped || !this.#parts.line.isThere) return;
    this.#retry?.cancel();
    this.#retry = this.#parts.line.clock.setTimer(RETRY_MS, () => {
      this.#setUp().catch(() => {
        this.#lose(channel);
      });
    });
  }

  #loseAll(): void {
    for (const delivery of [...this.#held]) this.#loseOne(delivery);
  }

  #loseOne(delivery: AmqpDelivery): void {
    if (!this.#leave(delivery)) return;
    this.#options.onLost?.(delivery);
    this.#takeNote();
  }
}

/** How a delivery came, and how it is settled. */
interface Way {
  readonly channel: Channel;
  readonly acknowledger: Acknowledger;
}

const RETRY_MS = 500;
const LONGEST_ANSWER_MS = 5000;
