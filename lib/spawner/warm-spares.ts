import { nextDelayMs } from '../supervision/backoff.ts';
import type { Clock, Timer } from '../util/clock.ts';
import type { Spawn } from './spawn.ts';

export interface WarmSparesOptions {
  readonly clock: Clock;
  /** How many are wanted. */
  readonly count: number;
  /** Starts one; null when there is no port for it now. */
  readonly start: () => Promise<Spawn | null>;
}

const MOMENT_MS = 50;
const BACKOFF = { baseMs: 500, factor: 2, maxMs: 60_000, jitter: 0 };

/** Servers that were started beforehand, for those who ask next. */
export class WarmSpares {
  readonly #options: WarmSparesOptions;
  readonly #spares = new Set<Spawn>();
  #starting = 0;
  #failures = 0;
  #pause: Timer | null = null;
  #isClosed = false;

  constructor(options: WarmSparesOptions) {
    this.#options = options;
  }

  /** Keeps one that is there already. */
  add(spawn: Spawn): void {
    this.#spares.add(spawn);
    void spawn.launched.then((end) => {
      this.#failures = end === null ? 0 : this.#failures + 1;
    });
    void spawn.cleared.then(() => {
      this.#spares.delete(spawn);
      this.refill();
    });
  }

  /** Hands one out, ready ones first; null when there is none. */
  take(): Spawn | null {
    const lasting = [...this.#spares].filter((spawn) => spawn.isLasting);
    const spare = lasting.find((spawn) => spawn.isServing) ?? lasting[0] ?? null;
    if (spare !== null) this.#spares.delete(spare);
    return spare;
  }

  /** Ends one whose port somebody needs; false when there is none. */
  giveUpOne(): boolean {
    const spare = this.take();
    spare?.end('its port was needed');
    return spare !== null;
  }

  /** Starts as many as are missing, but waits a while when those before could not start. */
  refill(): void {
    if (this.#isClosed || this.#pause !== null) return;
    if (this.#failures > 0) this.#startAfter(nextDelayMs(BACKOFF, this.#failures, 0));
    else this.#startMissing();
  }

  /** The same in a moment: to start a process takes a while, and somebody is being answered. */
  refillSoon(): void {
    if (!this.#isClosed && this.#pause === null)
      this.#startAfter(Math.max(MOMENT_MS, nextDelayMs(BACKOFF, this.#failures, 0)));
  }

  close(): void {
    this.#isClosed = true;
    this.#pause?.cancel();
  }

  #startAfter(delayMs: number): void {
    this.#pause = this.#options.clock.setTimer(delayMs, () => {
      this.#pause = null;
      this.#startMissing();
    });
  }

  #startMissing(): void {
    const lasting = [...this.#spares].filter((spawn) => spawn.isLasting).length;
    for (let missing = this.#options.count - lasting - this.#starting; missing > 0; missing -= 1)
      void this.#startOne();
  }

  async #startOne(): Promise<void> {
    this.#starting += 1;
    const spawn = await this.#options.start();
    this.#starting -= 1;
    if (spawn !== null) this.add(spawn);
  }
}
