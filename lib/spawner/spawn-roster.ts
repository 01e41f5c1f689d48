import type { Clock, Timer } from '../util/clock.ts';
import type { Spawn } from './spawn.ts';
import type { SpawnState } from './spawn-machine.ts';

/** A server as it is shown. */
export interface SpawnView {
  readonly id: string;
  readonly state: SpawnState;
  readonly rendererType: string;
  readonly port: number;
  readonly pid: number | null;
  /** ISO times. */
  readonly spawnTime: string;
  readonly lastUpdateTime: string;
  readonly endedBecause: string | null;
  readonly spare: boolean;
  readonly adopted: boolean;
}

/** How long ended servers are still shown. */
const KEEP_MS = 60_000;
const MOST_ENDED = 1000;

/** The servers there are, and those that have been a moment ago. */
export class SpawnRoster {
  readonly #clock: Clock;
  readonly #living = new Map<string, Spawn>();
  readonly #ended = new Map<string, { readonly spawn: Spawn; readonly timer: Timer }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get living(): readonly Spawn[] {
    return [...this.#living.values()];
  }

  add(spawn: Spawn): void {
    this.#living.set(spawn.identity.id, spawn);
  }

  /** Nothing is left of it. */
  retire(spawn: Spawn): void {
    const { id } = spawn.identity;
    this.#living.delete(id);
    const timer = this.#clock.setTimer(KEEP_MS, () => void this.#ended.delete(id));
    timer.unref();
    this.#ended.set(id, { spawn, timer });
    const [oldest] = this.#ended.keys();
    if (this.#ended.size > MOST_ENDED && oldest !== undefined) this.#forget(oldest);
  }

  /** By id; an ended one for as long as it is shown. */
  find(id: string): Spawn | undefined {
    return this.#living.get(id) ?? this.#ended.get(id)?.spawn;
  }

  list(): readonly Spawn[] {
    return [...this.#living.values(), ...[...this.#ended.values()].map(({ spawn }) => spawn)];
  }

  close(): void {
    for (const id of [...this.#ended.keys()]) this.#forget(id);
  }

  #forget(id: string): void {
    this.#ended.get(id)?.timer.cancel();
    this.#ended.delete(id);
  }
}

export function viewSpawn(spawn: Spawn): SpawnView {
  const { id, rendererType, port } = spawn.identity;
  const { state, pid, spawnTime, lastUpdateTime, endReason, isSpare, isAdopted } = spawn;
  return {
    id,
    state,
    rendererType,
    port,
    pid,
    spawnTime: new Date(spawnTime).toISOString(),
    lastUpdateTime: new Date(lastUpdateTime).toISOString(),
    endedBecause: endReason,
    spare: isSpare,
    adopted: isAdopted,
  };
}
