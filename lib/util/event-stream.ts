import { checkFunction } from './check-function.ts';
import { createDeferred, type Deferred } from './deferred.ts';

export interface EventStreamOptions {
  /** How many of the newest events are remembered for those who ask later. */
  readonly remember: number;
  /** How many events may wait for one slow iteration; beyond it the oldest are dropped and counted. */
  readonly maxQueued: number;
}

const DEFAULTS: EventStreamOptions = { remember: 1000, maxQueued: 10_000 };

/** Typed values told to any number of subscribers; a subscriber that throws harms nobody. */
export class EventStream<Event> {
  readonly #options: EventStreamOptions;
  readonly #listeners = new Set<(event: Event) => void>();
  readonly #recent: Event[] = [];
  readonly #onListenerError: (error: unknown) => void;
  #dropped = 0;

  constructor(
    onListenerError: (error: unknown) => void = () => undefined,
    options: Partial<EventStreamOptions> = {},
  ) {
    this.#onListenerError = onListenerError;
    this.#options = { ...DEFAULTS, ...options };
  }

  /** Events that slow iterations have missed. */
  get dropped(): number {
    return this.#dropped;
  }

  publish(event: Event): void {
    this.#recent.push(event);
    if (this.#recent.length > this.#options.remember) this.#recent.shift();
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#onListenerError(error);
      }
    }
  }

  /** Calls back for every event from now on; the function returned unsubscribes. Throws ERR_ARGUMENT without a function. */
  subscribe(listener: (event: Event) => void): () => void {
    checkFunction(listener, 'a listener of events');
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The last `count` events, oldest first. */
  recent(count: number): readonly Event[] {
    return count <= 0 ? [] : this.#recent.slice(-count);
  }

  /** Iterates over the events from now on, until `signal` fires or the loop is left. */
  async *follow(signal?: AbortSignal): AsyncGenerator<Event, void, undefined> {
    const queue: Event[] = [];
    let arrival: Deferred = createDeferred();
    const wake = (): void => {
      arrival.resolve();
    };
    const unsubscribe = this.subscribe((event) => {
      queue.push(event);
      if (queue.length > this.#options.maxQueued) {
        queue.shift();
        this.#dropped += 1;
      }
      wake();
    });
    signal?.addEventListener('abort', wake);
    try {
      while (signal?.aborted !== true) {
        const event = queue.shift();
        if (event !== undefined) yield event;
        else {
          await arrival.promise;
          arrival = createDeferred();
        }
      }
    } finally {
      unsubscribe();
      signal?.removeEventListener('abort', wake);
    }
  }

  [Symbol.asyncIterator](): AsyncGenerator<Event, void, undefined> {
    return this.follow();
  }
}
