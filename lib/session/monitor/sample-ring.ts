import type { Sample } from '../../http/sample-series.ts';

const WIDTH = 5;

/** The newest samples, a fixed number of them, in one block of memory: 40 bytes each. */
export class SampleRing {
  readonly #cells: Float64Array;
  readonly #capacity: number;
  #start = 0;
  #length = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#cells = new Float64Array(capacity * WIDTH);
  }

  get length(): number {
    return this.#length;
  }

  get isFull(): boolean {
    return this.#length === this.#capacity;
  }

  get first(): Sample | null {
    return this.#length === 0 ? null : this.get(0);
  }

  get last(): Sample | null {
    return this.#length === 0 ? null : this.get(this.#length - 1);
  }

  /** @param index - 0 is the oldest */
  get(index: number): Sample {
    const offset = this.#offset(index);
    const cell = (n: number): number => this.#cells[offset + n] ?? NaN;
    const value = (n: number): number | null => (Number.isNaN(cell(n)) ? null : cell(n));
    return {
      at: cell(0),
      loopLagMs: value(1),
      latencyMs: value(2),
      rssBytes: value(3),
      heapUsedBytes: value(4),
    };
  }

  /** Adds the newest; when it is full the oldest is lost. */
  push(sample: Sample): void {
    if (this.isFull) this.dropFirst();
    this.#length += 1;
    this.replaceLast(sample);
  }

  replaceLast({ at, loopLagMs, latencyMs, rssBytes, heapUsedBytes }: Sample): void {
    const values = [at, loopLagMs, latencyMs, rssBytes, heapUsedBytes];
    this.#cells.set(
      values.map((value) => value ?? NaN),
      this.#offset(this.#length - 1),
    );
  }

  dropFirst(): void {
    this.#start = (this.#start + 1) % this.#capacity;
    this.#length -= 1;
  }

  dropLast(): void {
    this.#length -= 1;
  }

  #offset(index: number): number {
    return ((this.#start + index) % this.#capacity) * WIDTH;
  }
}
