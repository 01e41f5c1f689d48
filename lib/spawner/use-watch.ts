import { Deadlines } from '../process/deadlines.ts';
import type { Clock, Timer } from '../util/clock.ts';

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

/** A connection to a server: how many bytes have gone through it by now. */
export type TrafficMeter = () => number;

/** A fraction of the shortest limit, so that what ends for want of use does not end much too late. */
const LOOKS_PER_LIMIT = 10;
const LONGEST_LOOK_MS = 1000;
const SHORTEST_LOOK_MS = 20;

/** Watches whether a server that was handed out is used. */
export class UseWatch {
  readonly #options: UseWatchOptions;
  readonly #deadlines: Deadlines<'initialUse' | 'idle' | 'lifetime'>;
  /** What each connection had carried at the last look. */
  readonly #traffic = new Map<TrafficMeter, number>();
  readonly #lookEveryMs: number | null;
  #look: Timer | null = null;
  #isRunning = false;
  #hasBeenUsed = false;
  #lastUseAt = 0;

  constructor(options: UseWatchOptions) {
    this.#options = options;
    this.#deadlines = new Deadlines(options.clock);
    const shortestMs = Math.min(options.initialUseMs ?? Infinity, options.idleMs ?? Infinity);
    const eachMs = Math.min(shortestMs / LOOKS_PER_LIMIT, LONGEST_LOOK_MS);
    this.#lookEveryMs = shortestMs === Infinity ? null : Math.max(eachMs, SHORTEST_LOOK_MS);
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

  /**
   * Counts what goes through a connection as use, and so its beginning and its end. It is looked at now and then: to
   * listen to each piece of data would make all of them slower.
   *
   * @returns to be called when the connection has ended
   */
  follow(meter: TrafficMeter): () => void {
    this.noteUse();
    if (this.#lookEveryMs === null) return () => undefined;
    this.#traffic.set(meter, meter());
    this.#lookSoon(this.#lookEveryMs);
    return () => {
      if (this.#traffic.delete(meter)) this.noteUse();
      if (this.#traffic.size === 0) this.#lookNoMore();
    };
  }

  /** It is being used at this moment. */
  noteUse(): void {
    this.#lastUseAt = this.#options.clock.now();
    const { idleMs, initialUseMs } = this.#options;
    if (!this.#isRunning || initialUseMs === null || this.#hasBeenUsed) return;
    this.#hasBeenUsed = true;
    this.#deadlines.clear('initialUse');
    if (idleMs !== null) this.#watchIdle(idleMs);
  }

  end(): void {
    this.#isRunning = false;
    this.#deadlines.clearAll();
    this.#traffic.clear();
    this.#lookNoMore();
  }

  #lookSoon(afterMs: number): void {
    if (this.#look !== null) return;
    this.#look = this.#options.clock.setTimer(afterMs, () => {
      this.#look = null;
      this.#noteTraffic();
      this.#lookSoon(afterMs);
    });
  }

  #lookNoMore(): void {
    this.#look?.cancel();
    this.#look = null;
  }

  #noteTraffic(): void {
    let hasGrown = false;
    for (const [meter, before] of this.#traffic) {
      const bytes = meter();
      if (bytes === before) continue;
      hasGrown = true;
      this.#traffic.set(meter, bytes);
    }
    if (hasGrown) this.noteUse();
  }

  #watchIdle(idleMs: number): void {
    const sinceMs = this.#options.clock.now() - this.#lastUseAt;
    this.#deadlines.arm('idle', Math.max(idleMs - sinceMs, 1), () => {
      this.#noteTraffic();
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
