import type { BatchOptions, BatchSink, Subscription } from '../subscription/subscription.ts';
import type { Channel } from './channel.ts';
import type { ChannelRoster } from './channel-roster.ts';
import type { ClientDelivery } from './client-config.ts';
import { EventProjector } from './event-projector.ts';
import { parseClientConfig } from './parse-client-config.ts';
import type { ResolvedStreamOptions } from './resolve-stream-options.ts';
import type { StreamEventBody } from './stream-event.ts';
import { createValueWriter } from './value-text.ts';

export interface DeskOptions {
  readonly options: ResolvedStreamOptions;
  readonly roster: ChannelRoster;
  readonly tell: (event: StreamEventBody) => void;
}

/** One who wants events, however they reach it. */
export interface StreamClient extends BatchSink {
  /** Tells it something apart from its events. */
  note(text: string): void;
  /** It is too slow, and sent nothing any more. */
  giveUp(text: string): void;
  /** Whether its batches are to say where to go on, whatever it has asked for. */
  readonly isPositioned: boolean;
}

export type LeaveReason = Extract<StreamEventBody, { type: 'client.left' }>['reason'];

/** A client that is served. */
export interface Seat {
  readonly id: number;
  readonly channel: Channel;
  readonly subscription: Subscription;
  leave(reason: LeaveReason): void;
}

/** Takes clients in: reads what they want, and sees to it that they get it. */
export class StreamDesk {
  readonly #parts: DeskOptions;
  readonly #seats = new Map<number, { readonly seat: Seat; readonly client: StreamClient }>();
  readonly #write: ReturnType<typeof createValueWriter>;
  #lastId = 0;
  #dropped = 0;

  constructor(parts: DeskOptions) {
    this.#parts = parts;
    this.#write = createValueWriter(parts.options.values);
  }

  /** How many clients are served. */
  get size(): number {
    return this.#seats.size;
  }

  /** How many events clients have missed, as they were told. */
  get dropped(): number {
    return this.#dropped;
  }

  /**
   * Serves a client.
   *
   * @param text - its configuration
   * @param since - in place of the one in it
   * @throws ClientConfigError
   */
  async join(text: string, client: StreamClient, since?: string): Promise<Seat> {
    const { options, roster } = this.#parts;
    const { config, delivery: asked } = parseClientConfig(text, options.slowClients);
    const delivery = since === undefined ? asked : { ...asked, since };
    const projector = new EventProjector(config, this.#write);
    const { channel, release } = await roster.acquire(config);
    const seat = this.#seat(channel, { client, projector, delivery, release });
    this.#parts.tell({ type: 'client.joined', id: seat.id, channel: channel.name });
    return seat;
  }

  /** Nobody is served any more. */
  endAll(): void {
    for (const { seat } of [...this.#seats.values()]) seat.leave('serverEnds');
  }

  #seat(channel: Channel, wish: Wish): Seat {
    this.#lastId += 1;
    const id = this.#lastId;
    const { client, projector, delivery } = wish;
    const missed = delivery.since === null ? null : channel.after(delivery.since);
    const isReplayed = missed !== null && missed.events.length > 0;
    const { subscription, unsubscribe } = channel.subscribe(projector, client, {
      ...this.#batchOptions(id, channel, wish),
      // What is replayed stands before what comes: it needs a queue of its own.
      ...(isReplayed && delivery.policy !== 'conflate' ? { conflate: () => undefined } : {}),
    });
    const seat: Seat = {
      id,
      channel,
      subscription,
      leave: (reason) => {
        unsubscribe();
        if (!this.#seats.delete(id)) return;
        this.#parts.tell({ type: 'client.left', id, channel: channel.name, reason });
        wish.release();
      },
    };
    this.#seats.set(id, { seat, client });
    const loss = describeLoss(delivery.since, missed);
    if (loss !== null) client.note(loss);
    for (const item of missed?.events ?? []) {
      const projection = projector.project(item);
      if (projection !== null) subscription.push(projection);
    }
    return seat;
  }

  #batchOptions(id: number, channel: Channel, { client, delivery }: Wish): BatchOptions {
    const { maxEvents, maxBytes } = this.#parts.options.queue;
    const { batchSize, maxSecs, policy, conflateBy, since } = delivery;
    return {
      batchSize,
      maxWaitMs: maxSecs * 1000,
      maxItems: maxEvents,
      maxLength: maxBytes,
      keepAlive: true,
      onDropped: (count) => {
        this.#dropped += count;
        this.#parts.tell({ type: 'client.dropped', id, channel: channel.name, count });
      },
      ...(conflateBy === null ? {} : { conflate: ({ keyOf }) => keyOf?.(conflateBy) }),
      ...(since !== null || client.isPositioned ? { positionPrefix: channel.positionPrefix } : {}),
      ...(policy !== 'disconnect' ? {} : { onTooSlow: this.#giveUp.bind(this, id) }),
    };
  }

  #giveUp(id: number): void {
    const found = this.#seats.get(id);
    found?.seat.leave('tooSlow');
    found?.client.giveUp('the client is slower than its events');
  }
}

interface Wish {
  readonly client: StreamClient;
  readonly projector: EventProjector;
  readonly delivery: ClientDelivery;
  readonly release: () => void;
}

function describeLoss(since: string | null, found: ReturnType<Channel['after']>): string | null {
  if (since === null || since === '') return null;
  if (found === null) return 'missed an unknown number: the position is of an earlier time';
  return found.missed === 0 ? null : `missed up to ${found.missed}`;
}
