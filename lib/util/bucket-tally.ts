/** How often a figure was how large: counts by upper bound. Its size does not grow. */
export class BucketTally {
  /** Ascending. */
  readonly bounds: readonly number[];
  /** One for each bound, and one for what lies beyond them. */
  readonly #counts: number[];
  #sum = 0;
  #count = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.#counts = [...bounds, Infinity].map(() => 0);
  }

  get sum(): number {
    return this.#sum;
  }

  get count(): number {
    return this.#count;
  }

  add(value: number): void {
    const found = this.bounds.findIndex((bound) => value <= bound);
    const index = found === -1 ? this.bounds.length : found;
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#sum += value;
    this.#count += 1;
  }

  /** For each bound, how many were not above it. */
  cumulative(): readonly { readonly bound: number; readonly count: number }[] {
    let count = 0;
    return this.bounds.map((bound, index) => {
      count += this.#counts[index] ?? 0;
      return { bound, count };
    });
  }
}
