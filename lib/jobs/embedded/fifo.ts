/** Things in the order they came, by number; any of them can be taken out, and what is put back is the next to go. */
export class Fifo<T extends { readonly seq: number }> {
  readonly #fresh = new Lane<T>();
  readonly #returned = new Lane<T>();

  get size(): number {
    return this.#fresh.items.size + this.#returned.items.size;
  }

  add(item: T): void {
    this.#fresh.items.set(item.seq, item);
  }

  putBack(item: T): void {
    this.#returned.items.set(item.seq, item);
  }

  first(): T | undefined {
    return this.#returned.first() ?? this.#fresh.first();
  }

  take(): T | undefined {
    const item = this.first();
    if (item !== undefined) this.remove(item);
    return item;
  }

  /** False when it was not in here. */
  remove(item: T): boolean {
    return this.#returned.items.delete(item.seq) || this.#fresh.items.delete(item.seq);
  }

  *[Symbol.iterator](): Generator<T> {
    yield* this.#returned.items.values();
    yield* this.#fresh.items.values();
  }
}

class Lane<T extends { readonly seq: number }> {
  readonly items = new Map<number, T>();
  // One iterator goes on through the map: a new one for each look would walk over all that was removed before.
  #cursor = this.items.values();
  #head: T | undefined;

  first(): T | undefined {
    if (this.#head !== undefined && this.items.has(this.#head.seq)) return this.#head;
    this.#head = this.#step();
    return this.#head;
  }

  #step(): T | undefined {
    if (this.items.size === 0) return undefined;
    const { value, done } = this.#cursor.next();
    if (done !== true) return value;
    this.#cursor = this.items.values();
    return this.#cursor.next().value;
  }
}
