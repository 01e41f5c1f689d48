import type { Clock, Timer } from '../../../util/clock.ts';
import { BEATS, LONGEST_LAG, QUIET_UNTIL, SHARED_BYTES } from './watchdog-settings.ts';

/** Counts up in memory shared with the watchdog thread as long as the event loop turns. */
export class LoopBeat {
  readonly shared = new SharedArrayBuffer(SHARED_BYTES);
  readonly #numbers = new Int32Array(this.shared);
  readonly #clock: Clock;
  readonly #intervalMs: number;
  #longestLagMs = 0;

  constructor(clock: Clock, intervalMs: number) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
  }

  start(): void {
    const dueAt = this.#clock.now() + this.#intervalMs;
    const timer: Timer = this.#clock.setTimer(this.#intervalMs, () => {
      this.#noteLag(this.#clock.now() - dueAt);
      Atomics.add(this.#numbers, BEATS, 1);
      this.start();
    });
    timer.unref();
  }

  #noteLag(lagMs: number): void {
    this.#longestLagMs = Math.max(this.#longestLagMs, lagMs);
    const whole = Math.min(Math.round(lagMs), 2 ** 31 - 1);
    if (whole > Atomics.load(this.#numbers, LONGEST_LAG))
      Atomics.store(this.#numbers, LONGEST_LAG, whole);
  }

  /** By how much a beat came late at the most since this was last asked, milliseconds. */
  takeLag(): number {
    const lagMs = this.#longestLagMs;
    this.#longestLagMs = 0;
    return lagMs;
  }

  /** For `ms` milliseconds from now a stuck loop is what the server has announced. */
  quiet(ms: number): void {
    const until = Math.ceil((this.#clock.now() + ms) / 1000);
    if (until > Atomics.load(this.#numbers, QUIET_UNTIL))
      Atomics.store(this.#numbers, QUIET_UNTIL, Math.min(until, 2 ** 31 - 1));
  }
}
