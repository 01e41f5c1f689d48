/** Numbers that are the same for the same seed. */
export class Random {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** A number in [0, 1), by the generator mulberry32. */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** An integer from 0 to `below` - 1. */
  integer(below) {
    return Math.floor(this.next() * below);
  }

  pick(list) {
    return list[this.integer(list.length)];
  }

  bytes(count) {
    return Buffer.from(Array.from({ length: count }, () => this.integer(256)));
  }
}
