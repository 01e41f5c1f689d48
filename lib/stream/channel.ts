import type { LwesAddress } from '../lwes/lwes-address.ts';
import type { LwesEvent } from '../lwes/lwes-event.ts';
import { type LwesDatagram, LwesListener } from '../lwes/lwes-listener.ts';
import type { BatchOptions, BatchSink, Subscription } from '../subscription/subscription.ts';
import { type ConfigLoad, SubscriptionEngine } from '../subscription/subscription-engine.ts';
import type { Clock } from '../util/clock.ts';
import type { ChannelItem } from './channel-item.ts';
import type { EventProjector } from './event-projector.ts';
import { EventRing } from './event-ring.ts';

export interface ChannelOptions {
  readonly clock: Clock;
  readonly address: LwesAddress;
  /** `ip:port`. */
  readonly name: string;
  /** How many events are kept for those who come again. */
  readonly ringEvents: number;
  readonly onTrouble: (error: unknown) => void;
  /** Told of every datagram. */
  readonly onDatagram?: (datagram: LwesDatagram) => void;
}

/** What has come over a channel. */
export interface ChannelStats {
  /** Datagrams that were read, those included that were no events. */
  readonly received: number;
  readonly malformed: number;
  /** Datagrams the kernel had no room for; null where the system does not tell. */
  readonly kernelDrops: number | null;
}

/** One address that is listened to, for any number of clients. */
export class Channel {
  readonly name: string;
  readonly #onTrouble: (error: unknown) => void;
  readonly #engine: SubscriptionEngine<ChannelItem>;
  readonly #ring: EventRing<LwesEvent>;
  readonly #listener: LwesListener;
  /** Tells the numbers of this channel from those of one before it with the same name. */
  readonly #epoch: string;
  #started: Promise<void> | null = null;

  constructor({ clock, name, address, ringEvents, onTrouble, onDatagram }: ChannelOptions) {
    this.name = name;
    this.#onTrouble = onTrouble;
    this.#engine = new SubscriptionEngine({ clock, onError: onTrouble });
    this.#ring = new EventRing(ringEvents);
    this.#epoch = Math.trunc(clock.wallTime()).toString(36);
    this.#listener = new LwesListener(address, { clock });
    this.#listener.on('trouble', onTrouble).on('event', (event) => {
      const number = this.#ring.add(event);
      if (this.#engine.isWanted(event.name)) this.#engine.publish(event.name, { event, number });
    });
    if (onDatagram !== undefined) this.#listener.on('datagram', onDatagram);
  }

  /** As it is at this moment. */
  get stats(): ChannelStats {
    const kernelDrops = this.#listener.readKernelDrops() ?? this.#listener.stats.kernelDrops;
    const { received, malformed } = this.#listener.stats;
    return { received, malformed, kernelDrops };
  }

  get load(): readonly ConfigLoad[] {
    return this.#engine.load;
  }

  /** What stands before the number of an event in a position. */
  get positionPrefix(): string {
    return `${this.#epoch}-`;
  }

  /**
   * Resolves when it receives; the same promise each time.
   *
   * @throws ERR_LWES_SOCKET
   */
  start(): Promise<void> {
    this.#started ??= this.#listener.start();
    return this.#started;
  }

  subscribe(
    projector: EventProjector,
    sink: BatchSink,
    options: BatchOptions,
  ): { readonly subscription: Subscription; readonly unsubscribe: () => void } {
    return this.#engine.subscribe(projector, sink, options);
  }

  /** The events that have come after a position, and how many more are not kept; null: of another channel, or none. */
  after(position: string): ReturnType<EventRing<LwesEvent>['after']> | null {
    const [epoch, number = ''] = position.split('-');
    if (epoch !== this.#epoch || !/^\d{1,15}$/.test(number)) return null;
    return this.#ring.after(Number(number));
  }

  /** Everybody is sent what has come already, and forgotten. */
  async finish(): Promise<void> {
    await this.close();
    this.#engine.finish();
  }

  /** Resolves when the socket is gone. */
  async close(): Promise<void> {
    await this.#started?.catch(() => undefined);
    await this.#listener.close().catch(this.#onTrouble);
  }
}
