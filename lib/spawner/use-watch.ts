import { Deadlines } from '../process/deadlines.ts';
import type { Clock } from '../util/clock.ts';

export interface UseLimits {
  readonly initialUseMs: number | null;
  readonly idleMs: number | null;
  readonly maxLifetimeMs: number | null;
}

export interface UseWatchOptions extends UseLimits {
  readonly clock: Clock;
  /** It is not used any more, or has been for long enough; in words. */
  readonly onOver: (reason: string) => void;
}

/** Watches whether a server that was handed out is used. */
export class UseWatch {
  readonly #options: UseWatchOptions;
  readonly #deadlines: Deadlines<'initialUse' | 'idle' | 'lifetime'>;
  #isRunning = false;
  #lastUseAt = 0;

  constructor(options: UseWatchOptions) {
    this.#options = options;
    this.#deadlines = new Deadlines(options.clock);
  }

  /** It has been handed out. */
  begin(): void {
    const { clock, initialUseMs, idleMs, maxLifetimeMs } = this.#options;
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#lastUseAt = clock.now();
    this.#arm('lifetime', maxLifetimeMs, 'its lifetime');
    this.#arm('initialUse', initialUseMs, 'not used');
    if (initialUseMs === null && idleMs !== null) this.#watchIdle(idleMs);
  }

  /** It is being used at this moment: cheap, for it is called for every piece of data. */
  noteUse(): void {
    this.#lastUseAt = this.#options.clock.now();
    const { idleMs, initialUseMs } = this.#options;
    if (!this.#isRunning || initialUseMs === null || this.#hasBeenUsed) return;
    this.#hasBeenUsed = true;
    this.#deadlines.clear('initialUse');
    if (idleMs !== null) this.#watchIdle(idleMs);
  }

  #hasBeenUsed = false;

  end(): void {
    this.#isRunning = false;
    this.#deadlines.clearAll();
  }

  #watchIdle(idleMs: number): void {
    const sinceMs = this.#options.clock.now() - this.#lastUseAt;
    this.#deadlines.arm('idle', Math.max(idleMs - sinceMs, 1), () => {
      const quietMs = this.#options.clock.now() - this.#lastUseAt;
      if (quietMs < idleMs) this.#watchIdle(idleMs);
      else this.#options.onOver(`idle for ${inSeconds(idleMs)}`);
    });
  }

  #arm(name: 'initialUse' | 'lifetime', ms: number | null, what: string): void {
    if (ms === null) return;
    const reason =
      name === 'lifetime'
        ? `${what} of ${inSeconds(ms)} is over`
        : `${what} within ${inSeconds(ms)}`;
    this.#deadlines.arm(name, ms, () => {
      this.#options.onOver(reason);
    });
  }
}

/** A duration for people to read. */
export function inSeconds(ms: number): string {
  return `${String(Math.round(ms / 100) / 10)} s`;
}
