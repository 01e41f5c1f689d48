import { nextDelayMs } from '../supervision/backoff.ts';
import type { Clock } from '../util/clock.ts';
import type { ChildLife } from './child-life.ts';
import { Deadlines } from './deadlines.ts';
import type { SlotSettings } from './slot-settings.ts';

export interface SpareOptions {
  readonly clock: Clock;
  /** A number in [0, 1), for the jitter of delays. */
  readonly random: () => number;
  readonly settings: () => SlotSettings;
  /** Starts a process that waits for its promotion. */
  readonly start: () => ChildLife;
}

/**
 * The process that is kept beside the one that serves, to take its place at once when that dies.
 *
 * Its own deaths say nothing of the server's health and count for no breaker; they delay the next spare.
 */
export class Spare {
  readonly #options: SpareOptions;
  readonly #deadlines: Deadlines<'start'>;
  readonly #discarded = new Set<ChildLife>();
  #life: ChildLife | null = null;
  #failures = 0;
  #delayMs = 0;
  #isClosed = false;

  constructor(options: SpareOptions) {
    this.#options = options;
    this.#deadlines = new Deadlines(options.clock);
  }

  get life(): ChildLife | null {
    return this.#life;
  }

  /** Until the next one is started; null when none waits for its start. */
  get startInMs(): number | null {
    return this.#deadlines.pending()[0]?.inMs ?? null;
  }

  /** Sees to it that there is one, if one is to be kept at all. */
  want(): void {
    if (this.#isClosed || this.#life !== null || !this.#options.settings().standby) return;
    const delayMs = this.#delayMs;
    this.#delayMs = 0;
    if (delayMs === 0) this.#start();
    else {
      this.#deadlines.arm('start', delayMs, () => {
        this.want();
      });
    }
  }

  /** The next one is started this many milliseconds after it is wanted. */
  delayNext(delayMs: number): void {
    this.#delayMs = delayMs;
  }

  /** Gives it away: it is a spare no longer. */
  take(): ChildLife | null {
    const life = this.#life;
    this.#life = null;
    return life;
  }

  noteReady(): void {
    this.#failures = 0;
  }

  /** @returns whether it was this spare that died, or one that was discarded */
  noteDeath(life: ChildLife): boolean {
    if (this.#discarded.delete(life)) return true;
    if (life !== this.#life) return false;
    this.#life = null;
    this.#failures += 1;
    const { random, settings } = this.#options;
    this.delayNext(nextDelayMs(settings().backoff, this.#failures, random()));
    this.want();
    return true;
  }

  /** Ends it: what it has loaded is out of date, or the processor is needed. */
  discard(): void {
    this.#deadlines.clearAll();
    const life = this.take();
    if (life === null) return;
    this.#discarded.add(life);
    void life.kill('reload');
  }

  /** None is started any more; the present one is left to whoever ends all processes. */
  close(): void {
    this.#isClosed = true;
    this.#deadlines.clearAll();
  }

  #start(): void {
    this.#deadlines.clearAll();
    // Known before it begins, as it tells of itself at once.
    this.#life = this.#options.start();
    this.#life.begin();
  }
}
