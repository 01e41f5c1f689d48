import { type Clock, type Timer } from '../../util/clock.ts';

/** What becomes due at some time of the wall clock, with one timer for the earliest of all. */
export class DeadlineHeap<T> {
  readonly #clock: Clock;
  readonly #onDue: (item: T) => void;
  readonly #isWanted: (item: T) => boolean;
  #heap: Entry<T>[] = [];
  #timer: Timer | null = null;
  #timerAt = Infinity;
  #sizeWhenTidied = 0;

  /** @param isWanted - whether an item still waits; those that do not are forgotten now and then */
  constructor(clock: Clock, onDue: (item: T) => void, isWanted: (item: T) => boolean) {
    this.#clock = clock;
    this.#onDue = onDue;
    this.#isWanted = isWanted;
  }

  get size(): number {
    return this.#heap.length;
  }

  add(at: number, item: T): void {
    if (this.#heap.length >= Math.max(SMALL, 2 * this.#sizeWhenTidied)) this.#tidy();
    this.#heap.push({ at, item });
    this.#rise(this.#heap.length - 1);
    this.#arm();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#heap = [];
  }

  #tidy(): void {
    this.#heap = this.#heap.filter(({ item }) => this.#isWanted(item)).sort((a, b) => a.at - b.at);
    this.#sizeWhenTidied = this.#heap.length;
  }

  #arm(): void {
    const at = this.#heap[0]?.at ?? Infinity;
    if (at >= this.#timerAt || at === Infinity) return;
    this.#timer?.cancel();
    this.#timerAt = at;
    this.#timer = this.#clock.setTimer(at - this.#clock.wallTime(), () => {
      this.#fire();
    });
  }

  #fire(): void {
    this.#timerAt = Infinity;
    const now = this.#clock.wallTime();
    for (let head = this.#heap[0]; head !== undefined && head.at <= now; head = this.#heap[0]) {
      this.#removeHead();
      if (this.#isWanted(head.item)) this.#onDue(head.item);
    }
    this.#arm();
  }

  #removeHead(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink();
  }

  #rise(from: number): void {
    for (let at = from; at > 0;) {
      const parent = (at - 1) >> 1;
      if (!this.#swapIfEarlier(at, parent)) return;
      at = parent;
    }
  }

  #sink(): void {
    for (let at = 0; ;) {
      const left = 2 * at + 1;
      const child = this.#timeOf(left + 1) < this.#timeOf(left) ? left + 1 : left;
      if (!this.#swapIfEarlier(child, at)) return;
      at = child;
    }
  }

  #timeOf(at: number): number {
    return this.#heap[at]?.at ?? Infinity;
  }

  #swapIfEarlier(lower: number, upper: number): boolean {
    const [low, high] = [this.#heap[lower], this.#heap[upper]];
    if (low === undefined || high === undefined || low.at >= high.at) return false;
    this.#heap[upper] = low;
    this.#heap[lower] = high;
    return true;
  }
}

interface Entry<T> {
  readonly at: number;
  readonly item: T;
}

const SMALL = 1024;
