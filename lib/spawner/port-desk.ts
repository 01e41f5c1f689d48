import type { Clock, Timer } from '../util/clock.ts';
import type { PortPool } from './port-pool.ts';
import { SpawnFailure } from './spawn-failure.ts';
import type { SpawnQueue } from './spawn-queue.ts';

const LOOK_AGAIN_MS = 500;

/** Gives ports to those who ask, in the order in which they came. */
export class PortDesk {
  readonly #clock: Clock;
  readonly #pool: PortPool;
  readonly #queue: SpawnQueue;
  #isServing = false;
  #askedTimes = 0;
  #lookAgain: Timer | null = null;

  constructor(parts: {
    readonly clock: Clock;
    readonly pool: PortPool;
    readonly queue: SpawnQueue;
  }) {
    this.#clock = parts.clock;
    this.#pool = parts.pool;
    this.#queue = parts.queue;
  }

  /**
   * Gets a port, if need be after a wait.
   *
   * @param signal - whoever asks has gone
   * @param makeRoom - asked when there is none: true when one is about to come free for this one
   * @throws SpawnFailure with status 503
   */
  async obtain(signal: AbortSignal, makeRoom: () => boolean): Promise<number> {
    const port = await this.takeUnwanted();
    if (port === null) {
      const turn = this.#queue.wait(signal, makeRoom());
      void this.#serve();
      return turn;
    }
    if (!signal.aborted) return port;
    this.release(port);
    throw new SpawnFailure(499, 'the caller has gone');
  }

  /** A port that nobody waits for; null when there is none. */
  async takeUnwanted(): Promise<number | null> {
    if (this.#queue.length > 0) return null;
    const port = await this.#pool.take();
    if (port === null || this.#queue.length === 0) return port;
    // Somebody has come meanwhile who may not have seen it.
    this.#pool.release(port);
    void this.#serve();
    return null;
  }

  release(port: number): void {
    this.#pool.release(port);
    this.#queue.noteRelease();
    void this.#serve();
  }

  close(): void {
    this.#lookAgain?.cancel();
  }

  async #serve(): Promise<void> {
    this.#askedTimes += 1;
    if (this.#isServing) return;
    this.#isServing = true;
    for (let seen = 0; seen !== this.#askedTimes;) {
      seen = this.#askedTimes;
      for (let port = await this.#next(); port !== null; port = await this.#next())
        if (!this.#queue.offer(port)) this.#pool.release(port);
    }
    this.#isServing = false;
    this.#watchStrangers();
  }

  #next(): Promise<number | null> {
    return this.#queue.length === 0 ? Promise.resolve(null) : this.#pool.take();
  }

  /** Nobody tells when a stranger gives a port back. */
  #watchStrangers(): void {
    this.#lookAgain?.cancel();
    this.#lookAgain = null;
    if (this.#queue.length === 0 || this.#pool.freeCount === 0) return;
    this.#lookAgain = this.#clock.setTimer(LOOK_AGAIN_MS, () => {
      void this.#serve();
    });
  }
}
