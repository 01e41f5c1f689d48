import type { Clock, Timer } from '../../util/clock.ts';

/** When a drain gives up: after its time, or sooner when that is wanted while it goes on. */
export class DrainLimit {
  readonly #clock: Clock;
  readonly #controller = new AbortController();
  #endsAt: number;
  #timer: Timer;

  constructor(clock: Clock, drainMs: number) {
    this.#clock = clock;
    this.#endsAt = clock.now() + drainMs;
    this.#timer = this.#arm(drainMs);
  }

  /** Aborted when the drain gives up. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get remainingMs(): number {
    return Math.max(0, this.#endsAt - this.#clock.now());
  }

  /** Never puts it off. */
  bringForward(drainMs: number): void {
    if (drainMs >= this.remainingMs) return;
    this.#endsAt = this.#clock.now() + drainMs;
    this.#timer.cancel();
    if (drainMs === 0) this.#controller.abort();
    else this.#timer = this.#arm(drainMs);
  }

  /** The drain has ended by itself. */
  clear(): void {
    this.#timer.cancel();
  }

  #arm(delayMs: number): Timer {
    return this.#clock.setTimer(delayMs, () => {
      this.#controller.abort();
    });
  }
}
