import type { Cause } from '../supervision/cause.ts';
import type { SpawnState } from './spawn-machine.ts';

/** What every event carries beside its own fields. */
export interface SpawnEventStamp {
  /** ISO time. */
  readonly at: string;
  /** Grows by one with every event of the spawner. */
  readonly seq: number;
}

/** How a server ended. */
export interface SpawnEnd {
  readonly code: number | null;
  readonly signal: string | null;
  /** What the exit code means. */
  readonly meaning: string | null;
  readonly cause: Cause;
  readonly evidence: readonly string[];
  /** Why, in words. */
  readonly endedBecause: string;
  readonly uptimeMs: number;
}

/** The state of a server, as it has become. */
export interface SpawnStateBody {
  readonly type: `spawn.${SpawnState}`;
  readonly id: string;
  readonly rendererType: string;
  readonly port: number;
  readonly pid: number | null;
  /** It was started beforehand, and nobody has it yet. */
  readonly spare: boolean;
  /** An earlier spawner has started it. */
  readonly adopted: boolean;
  /** Of `spawn.dead` alone. */
  readonly end?: SpawnEnd;
}

export type SpawnEventBody =
  | SpawnStateBody
  | { readonly type: 'spawner.started'; readonly name: string; readonly url: string }
  | { readonly type: 'spawner.ended'; readonly reason: string }
  | { readonly type: 'spawn.refused'; readonly status: number; readonly reason: string }
  | { readonly type: 'events.dropped'; readonly count: number };

/** Something that happened in a spawner. */
export type SpawnEvent = SpawnEventBody & SpawnEventStamp;
