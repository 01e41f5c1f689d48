import {
  type Breaker,
  beginTrial,
  type FailureVerdict,
  NEW_BREAKER,
  recordFailure,
  recordReady,
  scoreAt,
} from '../supervision/breaker.ts';
import type { Clock } from '../util/clock.ts';
import type { SlotSettings } from './slot-settings.ts';

export interface SlotBreakerOptions {
  readonly clock: Clock;
  /** A number in [0, 1), for the jitter of delays. */
  readonly random: () => number;
  readonly settings: () => SlotSettings;
}

/** The breaker of one slot as time goes by, with the start it has scheduled. */
export class SlotBreaker {
  readonly #options: SlotBreakerOptions;
  #breaker: Breaker = NEW_BREAKER;
  #verdict: FailureVerdict | null = null;
  #nextRetryAt: number | null = null;

  constructor(options: SlotBreakerOptions) {
    this.#options = options;
  }

  get state(): Breaker['state'] {
    return this.#breaker.state;
  }

  get score(): number {
    const { clock, settings } = this.#options;
    return scoreAt(this.#breaker, settings().breaker.halfLifeMs, clock.now());
  }

  get attempt(): number {
    return this.#breaker.attempt;
  }

  /** Monotonic; null when no start is waiting. */
  get nextRetryAt(): number | null {
    return this.#nextRetryAt;
  }

  /** Counts an unexpected death; the verdict is kept until it is taken. */
  countFailure(): FailureVerdict {
    const counted = this.#recordFailure(this.#options.random());
    this.#breaker = counted.breaker;
    this.#verdict = counted.verdict;
    return counted.verdict;
  }

  /** The verdict on an unexpected death at this moment, without its jitter; nothing is counted. */
  foreseeFailure(): FailureVerdict {
    return this.#recordFailure(0.5).verdict;
  }

  #recordFailure(random: number): ReturnType<typeof recordFailure> {
    const { clock, settings } = this.#options;
    const { breaker, backoff } = settings();
    return recordFailure(this.#breaker, { now: clock.now(), random, breaker, backoff });
  }

  /** The verdict on the latest failure, once. */
  takeVerdict(): FailureVerdict | null {
    const verdict = this.#verdict;
    this.#verdict = null;
    return verdict;
  }

  schedule(delayMs: number): void {
    this.#nextRetryAt = this.#options.clock.now() + delayMs;
  }

  clearSchedule(): void {
    this.#nextRetryAt = null;
  }

  beginTrial(): void {
    this.#breaker = beginTrial(this.#breaker);
  }

  /** @returns whether the breaker had been open */
  close(): boolean {
    const wasOpen = this.#breaker.state !== 'closed';
    this.#breaker = recordReady(this.#breaker);
    return wasOpen;
  }
}
