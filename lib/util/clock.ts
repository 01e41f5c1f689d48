/** Where time comes from. Durations are measured with `now`; `wallTime` is only for people to read. */
export interface Clock {
  /** Monotonic time in milliseconds; its zero has no meaning. */
  now(): number;
  /** Milliseconds since the epoch. */
  wallTime(): number;
  /** Calls back once after `delayMs` milliseconds, unless cancelled before. */
  setTimer(delayMs: number, callback: () => void): Timer;
}

export interface Timer {
  cancel(): void;
  /** Lets the process end although this timer is pending. */
  unref(): void;
}

// A longer delay overflows setTimeout and would fire at once.
const LONGEST_DELAY_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  // What `performance` stands on; that itself is loaded only when it is first used, at the cost of every start.
  now: () => Number(process.hrtime.bigint()) / 1e6,
  wallTime: () => Date.now(),
  setTimer(delayMs, callback) {
    const handle = setTimeout(callback, Math.min(Math.max(delayMs, 0), LONGEST_DELAY_MS));
    return {
      cancel: () => {
        clearTimeout(handle);
      },
      unref: () => {
        handle.unref();
      },
    };
  },
};

/** The ISO text of the present moment, for records that people read. */
export function isoTime(clock: Clock): string {
  return new Date(clock.wallTime()).toISOString();
}

/** Waits `delayMs` milliseconds; an aborted signal ends the wait early, without an error. */
export function waitFor(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve();
      return;
    }
    const end = (): void => {
      timer.cancel();
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = clock.setTimer(delayMs, end);
    signal?.addEventListener('abort', end);
  });
}
