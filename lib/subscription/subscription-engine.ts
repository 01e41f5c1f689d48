import type { Clock } from '../util/clock.ts';
import type { Projection } from './projection.ts';
import { SharedLog } from './shared-log.ts';
import { type BatchOptions, type BatchSink, Subscription } from './subscription.ts';

/** What a subscriber wants of the events. How it wants them delivered is no part of it. */
export interface SubscriptionConfig<Event> {
  /** Subscribers whose configurations have the same key share the work: each event is looked at once for all of them. */
  readonly key: string;
  /** The names of the events it is asked about; null: all of them. */
  readonly names: readonly string[] | null;
  /** What of the event is delivered; null: nothing. An error of it costs that event alone. */
  project(event: Event): Projection | null;
}

export interface EngineOptions {
  readonly clock: Clock;
  readonly onError?: (error: unknown) => void;
}

export interface ConfigLoad {
  readonly key: string;
  /** How often an event was projected for it. */
  readonly projections: number;
  readonly clients: readonly { readonly queued: number; readonly dropped: number }[];
}

interface SharedConfig<Event> {
  readonly config: SubscriptionConfig<Event>;
  /** By the limits of those who read them. */
  readonly logs: Map<string, SharedLog>;
  readonly subscriptions: Set<Subscription>;
  /** Those with a queue of their own. Never changed, only replaced: who comes or goes while an event is told does not disturb it. */
  alone: readonly Subscription[];
  projections: number;
}

/**
 * Tells events to any number of subscribers in batches. The text of an event is made once for all subscribers of equal
 * configuration; each has a queue of its own, so that a slow one costs the others nothing.
 */
export class SubscriptionEngine<Event> {
  readonly #options: EngineOptions;
  readonly #shared = new Map<string, SharedConfig<Event>>();
  // The lists in it are replaced as well.
  readonly #byName = new Map<string, readonly SharedConfig<Event>[]>();
  #ofAllNames: readonly SharedConfig<Event>[] = [];

  constructor(options: EngineOptions) {
    this.#options = options;
  }

  /** How many subscribers there are. */
  get size(): number {
    return [...this.#shared.values()].reduce(
      (sum, { subscriptions }) => sum + subscriptions.size,
      0,
    );
  }

  get load(): readonly ConfigLoad[] {
    return [...this.#shared.values()].map(({ config, projections, subscriptions }) => ({
      key: config.key,
      projections,
      clients: [...subscriptions].map(({ queued, dropped }) => ({ queued, dropped })),
    }));
  }

  /** Whether anybody is asked about events of this name. */
  isWanted(name: string): boolean {
    return this.#ofAllNames.length > 0 || this.#byName.has(name);
  }

  subscribe(
    config: SubscriptionConfig<Event>,
    sink: BatchSink,
    options: BatchOptions,
  ): { readonly subscription: Subscription; readonly unsubscribe: () => void } {
    const shared = this.#share(config);
    const log = options.conflate === undefined ? this.#findLog(shared, options) : null;
    const subscription = new Subscription(this.#options.clock, sink, [options, log]);
    shared.subscriptions.add(subscription);
    if (log === null) shared.alone = [...shared.alone, subscription];
    return {
      subscription,
      unsubscribe: () => {
        subscription.close();
        shared.subscriptions.delete(subscription);
        shared.alone = shared.alone.filter((one) => one !== subscription);
        for (const [key, { size }] of shared.logs) if (size === 0) shared.logs.delete(key);
        if (shared.subscriptions.size > 0 || this.#shared.get(config.key) !== shared) return;
        this.#shared.delete(config.key);
        this.#unlist(shared);
      },
    };
  }

  publish(name: string, event: Event): void {
    for (const shared of this.#byName.get(name) ?? []) this.#tell(shared, event);
    for (const shared of this.#ofAllNames) this.#tell(shared, event);
  }

  /** Sends everybody what waits for them, and forgets them. */
  finish(): void {
    for (const { subscriptions } of this.#shared.values()) {
      for (const subscription of subscriptions)
        this.#guard(() => {
          subscription.finish();
        });
    }
    this.#shared.clear();
    this.#byName.clear();
    this.#ofAllNames = [];
  }

  #tell(shared: SharedConfig<Event>, event: Event): void {
    this.#guard(() => {
      shared.projections += 1;
      const item = shared.config.project(event);
      if (item === null) return;
      for (const log of shared.logs.values()) log.append(item);
      for (const subscription of shared.alone)
        this.#guard(() => {
          subscription.push(item);
        });
    });
  }

  /** One that fails harms nobody else. */
  readonly #guard = (action: () => void): void => {
    try {
      action();
    } catch (error) {
      this.#options.onError?.(error);
    }
  };

  #share(config: SubscriptionConfig<Event>): SharedConfig<Event> {
    const known = this.#shared.get(config.key);
    if (known !== undefined) return known;
    const shared: SharedConfig<Event> = {
      config,
      logs: new Map(),
      subscriptions: new Set(),
      alone: [],
      projections: 0,
    };
    this.#shared.set(config.key, shared);
    this.#list(shared);
    return shared;
  }

  #list(shared: SharedConfig<Event>): void {
    const { names } = shared.config;
    if (names === null) this.#ofAllNames = [...this.#ofAllNames, shared];
    for (const name of new Set(names))
      this.#byName.set(name, [...(this.#byName.get(name) ?? []), shared]);
  }

  #unlist(shared: SharedConfig<Event>): void {
    this.#ofAllNames = this.#ofAllNames.filter((one) => one !== shared);
    for (const name of new Set(shared.config.names)) {
      const left = this.#byName.get(name)?.filter((one) => one !== shared) ?? [];
      if (left.length === 0) this.#byName.delete(name);
      else this.#byName.set(name, left);
    }
  }

  #findLog({ logs }: SharedConfig<Event>, { maxItems, maxLength }: BatchOptions): SharedLog {
    const key = `${maxItems} ${maxLength}`;
    let log = logs.get(key);
    if (log === undefined) {
      log = new SharedLog({ maxItems, maxLength }, this.#guard);
      logs.set(key, log);
    }
    return log;
  }
}
