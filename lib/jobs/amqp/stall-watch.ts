import type { Clock, Timer } from '../../util/clock.ts';

export interface StallWatchOptions {
  readonly clock: Clock;
  /** What has not been answered for so long will not be, milliseconds. */
  readonly limitMs: number;
  readonly onStall: () => void;
}

/** Something that was asked for. */
export interface Asked {
  since: number;
}

/** After it: the answer may have come while this process was busy, or stopped, and is read first. */
const SECOND_LOOK_MS = 1000;

/**
 * Notices that a server takes what is asked of it and does not answer, as for a queue that has lost its leader: the
 * connection itself is as it should be.
 */
export class StallWatch {
  readonly #options: StallWatchOptions;
  readonly #asked = new Set<Asked>();
  #timer: Timer | null = null;
  #isSuspected = false;

  constructor(options: StallWatchOptions) {
    this.#options = options;
  }

  /** Something is asked for. To be handed to `end` when it was answered, or given up. */
  begin(): Asked {
    const asked = { since: this.#options.clock.now() };
    this.#asked.add(asked);
    this.#timer ??= this.#arm(this.#options.limitMs);
    return asked;
  }

  end(asked: Asked): void {
    this.#asked.delete(asked);
  }

  /** Counts anew: until now the server said itself that it would not answer. */
  restart(): void {
    for (const asked of this.#asked) asked.since = this.#options.clock.now();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#asked.clear();
  }

  #arm(delayMs: number): Timer {
    const timer = this.#options.clock.setTimer(delayMs, () => {
      this.#timer = null;
      this.#look();
    });
    timer.unref();
    return timer;
  }

  #look(): void {
    const { clock, limitMs, onStall } = this.#options;
    // The oldest is the first.
    const [oldest] = this.#asked;
    const leftMs = oldest === undefined ? null : oldest.since + limitMs - clock.now();
    const wasSuspected = this.#isSuspected;
    this.#isSuspected = leftMs !== null && leftMs <= 0;
    if (leftMs === null) return;
    if (leftMs > 0) this.#timer = this.#arm(leftMs);
    else if (!wasSuspected) this.#timer = this.#arm(SECOND_LOOK_MS);
    else {
      this.#isSuspected = false;
      this.restart();
      this.#timer = this.#arm(limitMs);
      onStall();
    }
  }
}
