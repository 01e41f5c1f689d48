import type { Clock } from '../../util/clock.ts';
import type { ProcessEvents } from './process-events.ts';

type GuardedSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

const GUARDED: readonly GuardedSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** How long a signal waits for word from the monitor that the session is ending. */
const WAIT_FOR_MONITOR_MS = 500;

/**
 * Keeps signals that the whole process group gets from ending the server before it was drained.
 *
 * The monitor gets the same signal and conducts the ending. When no word comes from it, the signal
 * was meant for the server alone and is delivered as if nobody had held it.
 */
export class SignalGuard {
  readonly #clock: Clock;
  readonly #events: ProcessEvents;
  #mode: 'guarding' | 'ending' | 'released' = 'guarding';

  constructor(clock: Clock, events: ProcessEvents) {
    this.#clock = clock;
    this.#events = events;
  }

  install(): void {
    for (const signal of GUARDED) {
      process.on(signal, heldBack);
      this.#events.intercept(signal, () => this.#take(signal));
    }
  }

  /** The monitor conducts the ending: signals are held back until the server's own handlers have their turn. */
  hold(): void {
    this.#mode = 'ending';
  }

  /** Gives a signal to the server's own handlers; false when it has none for this or another ending signal. */
  release(signal: GuardedSignal): boolean {
    this.#mode = 'released';
    const others = GUARDED.filter((other) => other !== signal && other !== 'SIGHUP');
    const handled = [signal, ...others].find(hasOwnHandler);
    return handled !== undefined && this.#events.deliver(handled, handled);
  }

  #take(signal: GuardedSignal): boolean {
    if (this.#mode === 'ending') return true;
    if (this.#mode === 'released' || !process.connected) return this.#deliver(signal);
    if (signal === 'SIGHUP') return !hasOwnHandler(signal);
    const timer = this.#clock.setTimer(WAIT_FOR_MONITOR_MS, () => {
      if (this.#mode === 'guarding') this.#deliver(signal);
    });
    timer.unref();
    return true;
  }

  #deliver(signal: GuardedSignal): boolean {
    if (hasOwnHandler(signal)) {
      this.#events.deliver(signal, signal);
      return true;
    }
    process.off(signal, heldBack);
    process.kill(process.pid, signal);
    return true;
  }
}

function hasOwnHandler(signal: GuardedSignal): boolean {
  return process.listeners(signal).some((listener) => listener !== heldBack);
}

function heldBack(): void {
  // Its presence keeps the signal's default, which is to end the process, from happening.
}
