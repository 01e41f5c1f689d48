import { type Clock, isoTime } from './clock.ts';

/** ISO texts of the present moment, of which many are wanted within one millisecond. */
export class IsoStamp {
  readonly #clock: Clock;
  #wallTime = NaN;
  #text = '';

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): string {
    const wallTime = this.#clock.wallTime();
    if (wallTime === this.#wallTime) return this.#text;
    this.#wallTime = wallTime;
    this.#text = isoTime(this.#clock);
    return this.#text;
  }
}
