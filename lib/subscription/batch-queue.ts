/** What one event is to one configuration. */
export interface Projection {
  /** JSON. */
  readonly text: string;
  /** Only the newest of those with the same key waits: what is replaced counts as delivered. */
  readonly conflateKey?: string;
}

export interface QueueLimits {
  readonly maxItems: number;
  /** Of text, in UTF-16 units. One item that is longer than all of it still gets through alone. */
  readonly maxLength: number;
}

export interface TakenItems {
  /** Oldest first. */
  readonly texts: readonly string[];
  /** How many were dropped since the last time. */
  readonly dropped: number;
}

/** What waits for one subscriber. When it is full, the oldest is dropped and counted. */
export class BatchQueue {
  readonly #limits: QueueLimits;
  readonly #items = new Map<string, Projection>();
  #length = 0;
  #nextId = 0;
  #droppedNow = 0;
  #dropped = 0;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  get count(): number {
    return this.#items.size;
  }

  /** Since the beginning. */
  get dropped(): number {
    return this.#dropped;
  }

  /** @returns false when something had to be dropped for it */
  push(item: Projection): boolean {
    const { conflateKey } = item;
    const key = conflateKey === undefined ? `${this.#nextId++}` : `=${conflateKey}`;
    this.#remove(key);
    this.#items.set(key, item);
    this.#length += item.text.length;
    return this.#dropExcess();
  }

  take(atMost: number): TakenItems {
    const texts: string[] = [];
    for (const [key, { text }] of this.#items) {
      if (texts.length >= atMost) break;
      texts.push(text);
      this.#remove(key);
    }
    const dropped = this.#droppedNow;
    this.#droppedNow = 0;
    return { texts, dropped };
  }

  #dropExcess(): boolean {
    const { maxItems, maxLength } = this.#limits;
    let fits = true;
    for (const key of this.#items.keys()) {
      const isOver = this.#items.size > maxItems || this.#length > maxLength;
      if (!isOver || this.#items.size === 1) break;
      this.#remove(key);
      this.#droppedNow += 1;
      this.#dropped += 1;
      fits = false;
    }
    return fits;
  }

  #remove(key: string): void {
    this.#length -= this.#items.get(key)?.text.length ?? 0;
    this.#items.delete(key);
  }
}
