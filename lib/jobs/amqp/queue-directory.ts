import { type BrokerSettings, DEFAULT_PRIORITY, HIGHEST_PRIORITY } from '../broker.ts';
import type { AmqpLine } from './amqp-line.ts';
import { declareQueue, lookUpQueue } from './queue-reader.ts';
import { CALLS_EXCHANGE, declareJobs, jobQueue } from './topology.ts';

/**
 * Which queues there are for a name: that of the default priority always, and one for each other priority that was
 * ever used. A quorum queue of RabbitMQ 3 knows no priorities.
 */
export class QueueDirectory {
  readonly #line: AmqpLine;
  readonly #settings: BrokerSettings;
  readonly #known = new Map<string, Set<number>>();
  readonly #looking = new Map<string, Promise<Set<number>>>();
  readonly #listeners = new Set<(name: string, priority: number) => void>();

  constructor(line: AmqpLine, settings: BrokerSettings) {
    this.#line = line;
    this.#settings = settings;
  }

  /** Hears of queues that are new. */
  onQueue(listener: (name: string, priority: number) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  isKnown(name: string, priority: number): boolean {
    return this.#known.get(name)?.has(priority) === true;
  }

  /** Another process has made it. */
  learn(name: string, priority: number): void {
    const known = this.#known.get(name);
    if (known === undefined || known.has(priority)) return;
    known.add(priority);
    for (const listener of this.#listeners) listener(name, priority);
  }

  /** The priorities that have a queue; the server is asked once. */
  async prioritiesOf(name: string): Promise<readonly number[]> {
    const known = this.#known.get(name);
    if (known !== undefined) return [...known];
    const looking = this.#looking.get(name) ?? this.#look(name);
    this.#looking.set(name, looking);
    try {
      return [...(await looking)];
    } finally {
      this.#looking.delete(name);
    }
  }

  /** Makes the queue of a priority, and lets everybody know. */
  async add(name: string, priority: number): Promise<void> {
    await this.prioritiesOf(name);
    await declareQueue(this.#line, declareJobs(name, priority, this.#settings));
    this.learn(name, priority);
    const envelope = { exchange: CALLS_EXCHANGE, type: 'queue', headers: { name, priority } };
    await this.#line.send(envelope, '');
  }

  /** Forgets a queue that somebody has deleted. */
  forget(name: string): void {
    this.#known.delete(name);
  }

  async #look(name: string): Promise<Set<number>> {
    const found = new Set([DEFAULT_PRIORITY]);
    const others = Array.from({ length: HIGHEST_PRIORITY }, (_, at) => at + 1);
    await Promise.all(
      others.map(async (priority) => {
        if (priority === DEFAULT_PRIORITY) return;
        const queue = await lookUpQueue(this.#line, jobQueue(name, priority));
        if (queue !== null) found.add(priority);
      }),
    );
    this.#known.set(name, found);
    return found;
  }
}
