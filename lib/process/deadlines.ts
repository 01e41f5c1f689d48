import type { Clock, Timer } from '../util/clock.ts';

/** A deadline that is armed, as those see it who only look. */
export interface PendingDeadline<Name extends string = string> {
  readonly name: Name;
  readonly inMs: number;
}

/** What the process may have missed, being stopped or asleep, when a deadline fires. */
export interface Lateness {
  readonly lateByMs: number;
  /** By how much more the wall time has moved than the monotonic time, since the deadline was armed. */
  readonly wallAheadMs: number;
}

/** Named deadlines of one state machine: a deadline that is armed again replaces the former. */
export class Deadlines<Name extends string> {
  readonly #clock: Clock;
  readonly #timers = new Map<Name, { readonly timer: Timer; readonly dueAt: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  arm(name: Name, delayMs: number, onElapsed: (lateness: Lateness) => void): void {
    this.clear(name);
    const clock = this.#clock;
    const dueAt = clock.now() + delayMs;
    const wallOffset = clock.wallTime() - clock.now();
    const timer = clock.setTimer(delayMs, () => {
      this.#timers.delete(name);
      const now = clock.now();
      onElapsed({ lateByMs: now - dueAt, wallAheadMs: clock.wallTime() - now - wallOffset });
    });
    this.#timers.set(name, { timer, dueAt });
  }

  /** Milliseconds until a deadline; 0 when it is not armed. */
  remainingMs(name: Name): number {
    const armed = this.#timers.get(name);
    return armed === undefined ? 0 : Math.max(armed.dueAt - this.#clock.now(), 0);
  }

  /** What is armed, the next to come first. */
  pending(): readonly PendingDeadline<Name>[] {
    return [...this.#timers.keys()]
      .map((name) => ({ name, inMs: this.remainingMs(name) }))
      .sort((a, b) => a.inMs - b.inMs);
  }

  clear(name: Name): void {
    this.#timers.get(name)?.timer.cancel();
    this.#timers.delete(name);
  }

  clearAll(): void {
    for (const { timer } of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }
}
