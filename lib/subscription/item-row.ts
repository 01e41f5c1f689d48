import type { Projection } from './projection.ts';

/** What is dropped is cut off when it is so much, and more than is kept. */
const CUT_AFTER = 1024;

/** Items that are numbered from 0, of which the oldest are dropped. */
export class ItemRow {
  #items: Projection[] = [];
  /** How many at the beginning of the list are dropped already. */
  #offset = 0;
  #first = 0;
  #length = 0;

  /** The number of the first item that is kept. */
  get first(): number {
    return this.#first;
  }

  /** The number of the item that comes next. */
  get end(): number {
    return this.#first + this.count;
  }

  get count(): number {
    return this.#items.length - this.#offset;
  }

  push(item: Projection): void {
    this.#items.push(item);
    this.#length += item.text.length;
  }

  slice(from: number, to: number): readonly Projection[] {
    const shift = this.#offset - this.#first;
    return this.#items.slice(from + shift, to + shift);
  }

  /** Before which number the items have to go, so that no more than this is left. */
  firstThatLeaves(maxItems: number, maxLength: number): number {
    let gone = 0;
    let length = this.#length;
    while (gone < this.count && (this.count - gone > maxItems || length > maxLength)) {
      length -= this.#items[this.#offset + gone]?.text.length ?? 0;
      gone += 1;
    }
    return this.#first + gone;
  }

  dropBefore(first: number): void {
    const to = this.#offset + Math.max(0, first - this.#first);
    for (let at = this.#offset; at < to; at += 1) this.#length -= this.#items[at]?.text.length ?? 0;
    this.#first += to - this.#offset;
    this.#offset = to;
    if (to < CUT_AFTER || to < this.count) return;
    this.#items = this.#items.slice(to);
    this.#offset = 0;
  }
}
