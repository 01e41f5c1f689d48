import type { Clock, Timer } from '../../util/clock.ts';
import type { Heartbeat } from '../contract.ts';

/** Beats as long as the event loop turns; each beat tells how late it came. */
export class LoopHeartbeat {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #beat: (heartbeat: Heartbeat) => void;
  #timer: Timer | null = null;
  #heapLimitBytes: number | null = null;

  constructor(clock: Clock, intervalMs: number, beat: (heartbeat: Heartbeat) => void) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#beat = beat;
  }

  start(): void {
    const dueAt = this.#clock.now() + this.#intervalMs;
    this.#timer = this.#clock.setTimer(this.#intervalMs, () => {
      const memory = process.memoryUsage();
      this.#beat({
        loopLagMs: Math.max(this.#clock.now() - dueAt, 0),
        rssBytes: memory.rss,
        heapUsedBytes: memory.heapUsed,
        heapLimitBytes: (this.#heapLimitBytes ??= readHeapLimit()),
      });
      this.start();
    });
    this.#timer.unref();
  }

  stop(): void {
    this.#timer?.cancel();
  }
}

// With the first beat, and not before the server listens.
function readHeapLimit(): number {
  const { getHeapStatistics } = require('node:v8') as typeof import('node:v8');
  return getHeapStatistics().heap_size_limit;
}
