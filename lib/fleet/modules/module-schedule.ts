import type { Clock, Timer } from '../../util/clock.ts';

/** Calls back after a delay, and from then on at an interval, until it is stopped. */
export class ModuleSchedule {
  readonly #clock: Clock;
  #timer: Timer | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param intervalMs - from the beginning of one call to that of the next */
  start(delayMs: number, intervalMs: number, call: () => void): void {
    this.stop();
    this.#timer = this.#clock.setTimer(delayMs, () => {
      // Armed before the call, which may stop it.
      this.start(intervalMs, intervalMs, call);
      call();
    });
    this.#timer.unref();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }
}
