import type { Channel } from './rabbitmq-adapter.ts';

/**
 * Acknowledges the deliveries of one channel. What is settled in one turn of the event loop goes out together, and a run
 * of deliveries from the oldest on in one message: a quorum queue writes each acknowledgement down.
 */
export class Acknowledger {
  readonly #channel: Channel;
  readonly #beforeWriting: () => void;
  /** Delivered and not settled, the oldest first. */
  readonly #open = new Set<number>();
  #settled = new Set<number>();
  #highest = 0;
  /** Nothing was delivered that has not come here: only then is it known what "all up to this one" means. */
  #hasSeenAll = true;

  /** @param beforeWriting - called before several messages are written, which may then go out in one piece */
  constructor(channel: Channel, beforeWriting = (): void => undefined) {
    this.#channel = channel;
    this.#beforeWriting = beforeWriting;
  }

  /** To be called for each delivery that is to be settled, in the order in which they come. */
  arrive(deliveryTag: number): void {
    if (deliveryTag !== this.#highest + 1) this.#hasSeenAll = false;
    this.#highest = deliveryTag;
    this.#open.add(deliveryTag);
  }

  ack(deliveryTag: number): void {
    if (!this.#open.has(deliveryTag)) return;
    if (this.#settled.size === 0)
      setImmediate(() => {
        this.flush();
      });
    this.#settled.add(deliveryTag);
  }

  /** @param requeue - default true */
  nack(deliveryTag: number, requeue = true): void {
    if (!this.#open.delete(deliveryTag) || !this.#channel.active) return;
    this.#channel.basicNack({ deliveryTag, requeue });
  }

  /** Sends what waits, as before the channel is closed. */
  flush(): void {
    const settled = this.#settled;
    if (settled.size === 0) return;
    this.#settled = new Set();
    // Otherwise the server has them back already.
    if (!this.#channel.active) return;
    this.#beforeWriting();
    const last = this.#hasSeenAll ? this.#takeRun(settled) : null;
    if (last !== null) this.#channel.basicAck({ deliveryTag: last, multiple: true });
    for (const deliveryTag of settled) {
      this.#open.delete(deliveryTag);
      this.#channel.basicAck({ deliveryTag });
    }
  }

  /** Takes those away before which nothing is open; the last of them, or null. */
  #takeRun(settled: Set<number>): number | null {
    let last: number | null = null;
    for (const deliveryTag of this.#open) {
      if (!settled.delete(deliveryTag)) break;
      this.#open.delete(deliveryTag);
      last = deliveryTag;
    }
    return last;
  }
}
