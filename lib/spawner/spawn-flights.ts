import type { Spawn } from './spawn.ts';
import { SpawnFailure } from './spawn-failure.ts';

/** A server that was asked for. */
export interface SpawnLease {
  readonly spawn: Spawn;
  /** Whoever asked for it has no use for it: unless others share it, it is ended. */
  abandon(reason?: string): void;
}

export const CALLER_GONE = 'the caller has gone';

interface Flight {
  readonly spawn: Promise<Spawn>;
  readonly end: AbortController;
  waiting: number;
}

/** Brings servers to those who ask; equal requests may share one. Each may leave; with the last of them it is cancelled. */
export class SpawnFlights {
  readonly #shared = new Map<string, Flight>();

  /**
   * @param key - requests with the same key that come while the first is under way share its server; null: it shares none
   * @param bring - gets a server; its signal fires when nobody wants it any more, with why as its reason
   */
  async join(
    key: string | null,
    signal: AbortSignal,
    bring: (signal: AbortSignal) => Promise<Spawn>,
  ): Promise<SpawnLease> {
    const flight = (key === null ? undefined : this.#shared.get(key)) ?? this.#begin(key, bring);
    flight.waiting += 1;
    let hasLeft = false;
    const abandon = (reason = CALLER_GONE): void => {
      if (hasLeft) return;
      hasLeft = true;
      flight.waiting -= 1;
      if (flight.waiting > 0) return;
      if (key !== null && this.#shared.get(key) === flight) this.#shared.delete(key);
      flight.end.abort(reason);
    };
    const gone = watchGone(signal);
    try {
      const spawn = await Promise.race([flight.spawn, gone.promise]);
      return { spawn, abandon };
    } catch (error) {
      abandon();
      throw error;
    } finally {
      gone.forget();
    }
  }

  #begin(key: string | null, bring: (signal: AbortSignal) => Promise<Spawn>): Flight {
    const end = new AbortController();
    const flight: Flight = { spawn: bring(end.signal), end, waiting: 0 };
    const land = (): void => {
      if (key !== null && this.#shared.get(key) === flight) this.#shared.delete(key);
    };
    flight.spawn.then(land, land);
    if (key !== null) this.#shared.set(key, flight);
    return flight;
  }
}

function watchGone(signal: AbortSignal): { promise: Promise<never>; forget: () => void } {
  let forget = (): void => undefined;
  const promise = new Promise<never>((_resolve, reject) => {
    const onGone = (): void => {
      reject(new SpawnFailure(499, CALLER_GONE));
    };
    signal.addEventListener('abort', onGone);
    forget = () => {
      signal.removeEventListener('abort', onGone);
    };
    if (signal.aborted) onGone();
  });
  return { promise, forget };
}
