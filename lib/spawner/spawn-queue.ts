import type { Clock } from '../util/clock.ts';
import { createDeferred } from '../util/deferred.ts';
import { SpawnFailure } from './spawn-failure.ts';

export interface SpawnQueueOptions {
  readonly clock: Clock;
  /** How many may wait. */
  readonly max: number;
  /** How long each of them may, milliseconds. */
  readonly waitMs: number;
}

/** One who waits for a port, as it is shown. */
export interface QueuedSpawn {
  /** From 1. */
  readonly position: number;
  readonly waitedMs: number;
  /** When its turn is expected to come; null while nothing is known of how long servers are used. */
  readonly etaMs: number | null;
}

interface Waiter {
  readonly since: number;
  settle(port: number): void;
  refuse(reason: Error): void;
}

const REMEMBERED_RELEASES = 20;

/** Those who wait for a port, in the order in which they came. */
export class SpawnQueue {
  readonly #options: SpawnQueueOptions;
  readonly #waiters: Waiter[] = [];
  readonly #releases: number[] = [];

  constructor(options: SpawnQueueOptions) {
    this.#options = options;
  }

  get length(): number {
    return this.#waiters.length;
  }

  /**
   * Waits for a port.
   *
   * @param signal - the one who waits has gone
   * @param isPromised - a port is about to come free for it: it may wait even when nobody may
   * @throws SpawnFailure with status 503 when the queue is full, or the wait is over
   */
  wait(signal: AbortSignal, isPromised: boolean): Promise<number> {
    const { clock, max, waitMs } = this.#options;
    if (!isPromised && this.#waiters.length >= max)
      return Promise.reject(new SpawnFailure(503, 'No ports available'));
    const turn = createDeferred<number>();
    const leave = (): void => {
      const at = this.#waiters.indexOf(waiter);
      if (at !== -1) this.#waiters.splice(at, 1);
      timer.cancel();
      signal.removeEventListener('abort', giveUp);
    };
    const waiter: Waiter = {
      since: clock.now(),
      settle: (port) => {
        leave();
        turn.resolve(port);
      },
      refuse: (reason) => {
        leave();
        turn.reject(reason);
      },
    };
    const giveUp = (): void => {
      waiter.refuse(new SpawnFailure(499, 'the caller has gone'));
    };
    const timer = clock.setTimer(waitMs, () => {
      waiter.refuse(new SpawnFailure(503, 'Timed out in the queue'));
    });
    this.#waiters.push(waiter);
    signal.addEventListener('abort', giveUp);
    if (signal.aborted) giveUp();
    return turn.promise;
  }

  /** Gives a port to the first who waits; false when nobody does. */
  offer(port: number): boolean {
    const waiter = this.#waiters[0];
    waiter?.settle(port);
    return waiter !== undefined;
  }

  refuseAll(createReason: () => Error): void {
    for (const waiter of [...this.#waiters]) waiter.refuse(createReason());
  }

  /** A port has come free: from how often that happens the waits are estimated. */
  noteRelease(): void {
    this.#releases.push(this.#options.clock.now());
    if (this.#releases.length > REMEMBERED_RELEASES) this.#releases.shift();
  }

  list(): QueuedSpawn[] {
    const now = this.#options.clock.now();
    return this.#waiters.map(({ since }, at) => ({
      position: at + 1,
      waitedMs: Math.round(now - since),
      etaMs: estimateWaitMs(this.#releases, now, at + 1),
    }));
  }
}

/** How long the one at a position has still to wait, by how often ports came free lately; null when none did. */
export function estimateWaitMs(
  releases: readonly number[],
  now: number,
  position: number,
): number | null {
  const [first] = releases;
  const last = releases.at(-1);
  if (first === undefined || last === undefined || releases.length < 2) return null;
  const meanMs = (last - first) / (releases.length - 1);
  return Math.max(0, Math.round(position * meanMs - (now - last)));
}
