import {
  countMemorySample,
  type MemorySample,
  type MemoryTally,
} from '../../supervision/memory-limit.ts';
import type { Clock, Timer } from '../../util/clock.ts';

export interface MemoryWatchOptions {
  readonly clock: Clock;
  /** Asked at each look: the limit may change. Null: there is none at the moment. */
  readonly limitBytes: () => number | null;
  /** Null: there is no server process at the moment that could be replaced. */
  readonly sample: () => MemorySample | null;
  readonly onExceeded: (sample: MemorySample, limitBytes: number) => void;
}

const SAMPLE_EVERY_MS = 10_000;

/** Looks at the memory of the server process from time to time, and says when it stays above its limit. */
export class MemoryWatch {
  readonly #options: MemoryWatchOptions;
  #tally: MemoryTally | null = null;
  #timer: Timer | null = null;

  constructor(options: MemoryWatchOptions) {
    this.#options = options;
  }

  /** What the samples so far came to; null before the first one. */
  get tally(): MemoryTally | null {
    return this.#tally;
  }

  start(): void {
    this.#timer = this.#options.clock.setTimer(SAMPLE_EVERY_MS, () => {
      this.start();
      this.#look();
    });
    this.#timer.unref();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #look(): void {
    const limitBytes = this.#options.limitBytes();
    const sample = limitBytes === null ? null : this.#options.sample();
    if (limitBytes === null || sample === null) return;
    const { tally, exceeded } = countMemorySample(this.#tally, sample, limitBytes);
    this.#tally = tally;
    if (exceeded) this.#options.onExceeded(sample, limitBytes);
  }
}
