import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { SampleSource } from '../../http/sample-series.ts';
import type { SubscriptionConfig } from '../../subscription/subscription-engine.ts';
import type { BatchOptions } from '../../subscription/subscription.ts';
import { SubscriptionEngine } from '../../subscription/subscription-engine.ts';
import type { Clock, Timer } from '../../util/clock.ts';
import type { WebSocketConnection } from '../../websocket/web-socket-connection.ts';
import { WebSocketServer } from '../../websocket/web-socket-server.ts';
import type { FeedItem } from '../feed-item.ts';
import type { LiveOutput } from './live-output.ts';
import { maskEvent } from './mask-event.ts';
import type { OperatedSession } from './operated-session.ts';

export interface LiveFeedOptions {
  readonly clock: Clock;
  readonly session: Pick<OperatedSession, 'journal' | 'mask' | 'status'>;
  readonly samples: SampleSource;
  readonly output: LiveOutput;
}

const PROTOCOL = 'vigil.live';
const SNAPSHOT_EVENTS = 200;
/** The status goes out this often, since its figures move by themselves … */
const STATUS_EVERY_MS = 1000;
/** … and this soon after an event. */
const STATUS_AFTER_MS = 100;
const BATCHES: BatchOptions = {
  batchSize: 50,
  maxWaitMs: 150,
  maxItems: 2000,
  maxLength: 512 * 1024,
  keepAlive: false,
  conflate: ({ conflateKey }) => conflateKey,
};

/** A status that waits is out of date as soon as there is a newer one. */
const EVERYTHING: SubscriptionConfig<FeedItem> = {
  key: 'everything',
  names: null,
  project: (item) => {
    const text = JSON.stringify(item);
    return item.name === 'status' ? { text, conflateKey: item.name } : { text };
  },
};

/**
 * Tells whoever looks on what happens in a session: first what is known, then in batches what comes. While nobody looks
 * on it does nothing.
 */
export class LiveFeed {
  readonly #options: LiveFeedOptions;
  readonly #engine: SubscriptionEngine<FeedItem>;
  readonly #sockets: WebSocketServer;
  #sources: AbortController | null = null;
  #statusTimer: Timer | null = null;
  #statusDueAt = 0;
  /** Those who come between two events share it. */
  #snapshot: Buffer | null = null;

  constructor(options: LiveFeedOptions) {
    this.#options = options;
    const { clock } = options;
    this.#engine = new SubscriptionEngine({ clock });
    const limits = { maxMessageBytes: 1024 };
    this.#sockets = new WebSocketServer({ clock, protocol: PROTOCOL, limits });
  }

  /** How many look on. */
  get size(): number {
    return this.#engine.size;
  }

  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#sockets.accept([request, socket, head], (connection) => {
      this.#join(connection);
    });
  }

  /** Everybody hears what became of the session, and is sent away. */
  close(): Promise<void> {
    if (this.size > 0) this.#publish({ name: 'status', attrs: this.#options.session.status });
    this.#engine.finish();
    this.#stop();
    return this.#sockets.close();
  }

  #join(connection: WebSocketConnection): void {
    this.#sources ??= this.#start();
    connection.send((this.#snapshot ??= this.#createSnapshot()));
    const { subscription, unsubscribe } = this.#engine.subscribe(EVERYTHING, connection, BATCHES);
    connection.handle({
      onReady: () => {
        subscription.resume();
      },
      onClose: () => {
        unsubscribe();
        if (this.#engine.size === 0) this.#stop();
      },
    });
  }

  #createSnapshot(): Buffer {
    const { session, output } = this.#options;
    const events = session.journal.stream.recent(SNAPSHOT_EVENTS);
    const data: FeedItem[] = [
      { name: 'status', attrs: session.status },
      ...events.map((event) => ({ name: 'event' as const, attrs: this.#mask(event) })),
      { name: 'output', attrs: output.recent() },
    ];
    return Buffer.from(JSON.stringify({ type: 'snapshot', data }));
  }

  #publish(item: FeedItem): void {
    this.#snapshot = null;
    this.#engine.publish(item.name, item);
  }

  readonly #mask = (event: Parameters<typeof maskEvent>[0]): ReturnType<typeof maskEvent> =>
    maskEvent(event, (text) => this.#options.session.mask.hide(text));

  #start(): AbortController {
    const { session, samples, output } = this.#options;
    const end = new AbortController();
    const leave = [
      session.journal.stream.subscribe((event) => {
        this.#publish({ name: 'event', attrs: this.#mask(event) });
        this.#tellStatusIn(STATUS_AFTER_MS);
      }),
      output.follow((attrs) => {
        this.#publish({ name: 'output', attrs });
      }),
    ];
    end.signal.addEventListener('abort', () => {
      for (const unsubscribe of leave) unsubscribe();
    });
    void this.#copySamples(samples.follow(end.signal));
    this.#tellStatusIn(STATUS_EVERY_MS);
    return end;
  }

  async #copySamples(updates: ReturnType<SampleSource['follow']>): Promise<void> {
    for await (const update of updates) {
      if (update.type === 'sample') this.#publish({ name: 'sample', attrs: update.sample });
      else this.#publish({ name: 'mark', attrs: update.mark });
    }
  }

  /** In `delayMs` at the latest. */
  #tellStatusIn(delayMs: number): void {
    const { clock, session } = this.#options;
    const dueAt = clock.now() + delayMs;
    if (this.#statusTimer !== null && this.#statusDueAt <= dueAt) return;
    this.#statusTimer?.cancel();
    this.#statusDueAt = dueAt;
    this.#statusTimer = clock.setTimer(delayMs, () => {
      this.#statusTimer = null;
      this.#publish({ name: 'status', attrs: session.status });
      this.#tellStatusIn(STATUS_EVERY_MS);
    });
    this.#statusTimer.unref();
  }

  #stop(): void {
    this.#sources?.abort();
    this.#sources = null;
    this.#statusTimer?.cancel();
    this.#statusTimer = null;
    this.#snapshot = null;
  }
}
