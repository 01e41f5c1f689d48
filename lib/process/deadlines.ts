import type { Clock, Timer } from '../util/clock.ts';

/** Named deadlines of one state machine: a deadline that is armed again replaces the former. */
export class Deadlines<Name extends string> {
  readonly #clock: Clock;
  readonly #timers = new Map<Name, Timer>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param onElapsed - gets by how many milliseconds the deadline was missed: the process may have been asleep */
  arm(name: Name, delayMs: number, onElapsed: (lateByMs: number) => void): void {
    this.clear(name);
    const dueAt = this.#clock.now() + delayMs;
    this.#timers.set(
      name,
      this.#clock.setTimer(delayMs, () => {
        this.#timers.delete(name);
        onElapsed(this.#clock.now() - dueAt);
      }),
    );
  }

  clear(name: Name): void {
    this.#timers.get(name)?.cancel();
    this.#timers.delete(name);
  }

  clearAll(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }
}
