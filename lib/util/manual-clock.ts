import type { Clock, Timer } from './clock.ts';

interface Pending {
  readonly dueAt: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A clock that stands still until somebody moves it: a test, or a simulation. */
export class ManualClock implements Clock {
  #now = 0;
  #order = 0;
  readonly #epoch: number;
  readonly #pending = new Set<Pending>();

  constructor(epoch = Date.UTC(2026, 0, 1)) {
    this.#epoch = epoch;
  }

  now(): number {
    return this.#now;
  }

  wallTime(): number {
    return this.#epoch + this.#now;
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    const entry = { dueAt: this.#now + Math.max(delayMs, 0), order: this.#order++, callback };
    this.#pending.add(entry);
    return { cancel: () => void this.#pending.delete(entry), unref: () => undefined };
  }

  /** How many timers wait. */
  get waiting(): number {
    return this.#pending.size;
  }

  /** Moves time forward by `ms` milliseconds and runs, in order, every timer that falls due on the way. */
  advance(ms: number): void {
    const end = this.#now + ms;
    while (this.#runFirst(end));
    this.#now = end;
  }

  /** Moves time forward to the timer that falls due first, and runs that one alone. @returns whether one was waiting */
  advanceToNext(): boolean {
    return this.#runFirst(Infinity);
  }

  /** Lets `ms` milliseconds pass as if the machine had slept: every timer due by then runs late, at the end. */
  sleep(ms: number): void {
    this.#now += ms;
    this.advance(0);
  }

  #runFirst(latest: number): boolean {
    const next = [...this.#pending]
      .filter((entry) => entry.dueAt <= latest)
      .sort((a, b) => a.dueAt - b.dueAt || a.order - b.order)[0];
    if (next === undefined) return false;
    this.#pending.delete(next);
    this.#now = Math.max(this.#now, next.dueAt);
    next.callback();
    return true;
  }
}
