import type { Projection } from './projection.ts';

/** Some items that go out together, to one subscriber or to several that are in step. */
export class Batch {
  readonly items: readonly Projection[];
  readonly #encoded = new Map<string | null, Buffer>();

  constructor(items: readonly Projection[]) {
    this.items = items;
  }

  /** Where a subscriber goes on that has had this batch. */
  get position(): number | undefined {
    return this.items.at(-1)?.position;
  }

  /**
   * The message: `{"type":"data","msg":"","data":[…]}`. Subscribers of one batch share its bytes, but for those that
   * have missed something.
   *
   * @param dropped - how many items the subscriber has missed since its previous batch: `msg` is `dropped N`
   * @param positionPrefix - what stands before the position in `next`, which says where to go on; null: it is not said
   */
  encode(dropped: number, positionPrefix: string | null): Buffer {
    if (dropped > 0) return this.#encode(`dropped ${dropped}`, positionPrefix);
    let encoded = this.#encoded.get(positionPrefix);
    if (encoded === undefined) {
      encoded = this.#encode('', positionPrefix);
      this.#encoded.set(positionPrefix, encoded);
    }
    return encoded;
  }

  #encode(message: string, prefix: string | null): Buffer {
    const { position } = this;
    const isTold = prefix !== null && position !== undefined;
    const next = isTold ? `,"next":${JSON.stringify(`${prefix}${position}`)}` : '';
    const texts = this.items.map(({ text }) => text).join(',');
    return Buffer.from(`{"type":"data","msg":"${message}","data":[${texts}]${next}}`);
  }
}
