import type { Backlog, TakenItems } from './backlog.ts';
import { Batch } from './batch.ts';
import type { Projection, QueueLimits } from './projection.ts';

/** What waits for one subscriber alone, some of it replaced by what is newer. When it is full, the oldest is dropped. */
export class BatchQueue implements Backlog {
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

  get dropped(): number {
    return this.#dropped;
  }

  /**
   * @param replaces - only the newest item with the same text here waits: what is replaced counts as delivered
   * @returns false when something had to be dropped for it
   */
  push(item: Projection, replaces?: string): boolean {
    const key = replaces === undefined ? `${this.#nextId++}` : `=${replaces}`;
    this.#remove(key);
    this.#items.set(key, item);
    this.#length += item.text.length;
    return this.#dropExcess();
  }

  take(atMost: number): TakenItems {
    const items: Projection[] = [];
    for (const [key, item] of this.#items) {
      if (items.length >= atMost) break;
      items.push(item);
      this.#remove(key);
    }
    const dropped = this.#droppedNow;
    this.#droppedNow = 0;
    return { batch: new Batch(items), dropped };
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
