import type { Cause } from '../../supervision/cause.ts';
import type { HostStateBody } from '../hosts/host-event.ts';
import type { ServerState } from './server-machine.ts';

/** What every event carries beside its own fields. */
export interface FleetEventStamp {
  /** ISO time. */
  readonly at: string;
  /** Grows by one with every event of the master. */
  readonly seq: number;
}

/** How a process of a server ended. */
export interface ServerEnd {
  readonly code: number | null;
  readonly signal: string | null;
  readonly cause: Cause;
  readonly evidence: readonly string[];
  /** Whether that was wanted. */
  readonly expected: boolean;
  readonly uptimeMs: number;
  /** What it wrote last. */
  readonly lastWords: readonly string[];
}

/** When a server is started again that has ended by itself. */
export interface ServerRetry {
  readonly delayMs: number;
  /** Restarts since it last ran stably. */
  readonly attempt: number;
}

/** The state of a server, as it has become. */
export interface ServerStateBody {
  readonly type: `server.${ServerState}`;
  readonly id: string;
  readonly serverType: string;
  readonly host: string;
  readonly pid: number | null;
  /** An earlier master has started it. */
  readonly adopted: boolean;
  /** Of `server.down` alone, when a process has ended. */
  readonly end?: ServerEnd;
  /** Of `server.waiting` and `server.broken`. */
  readonly retry?: ServerRetry;
}

/** Server after server: a rolling restart, or a change to what is configured. */
type GoingThrough = 'roll' | 'apply';

export type FleetEventBody =
  | ServerStateBody
  | HostStateBody
  | { readonly type: 'fleet.started'; readonly env: string; readonly address: string }
  | { readonly type: 'fleet.allStarted'; readonly servers: number; readonly durationMs: number }
  | { readonly type: 'fleet.ended'; readonly reason: string }
  | { readonly type: `${GoingThrough}.${'started' | 'succeeded'}`; readonly ids: readonly string[] }
  | {
      readonly type: `${GoingThrough}.stopped`;
      /** The server that did not become ready, or did not stay so. */
      readonly id: string;
      readonly reason: string;
      /** Those that were not touched. */
      readonly left: readonly string[];
    }
  | { readonly type: 'events.dropped'; readonly count: number };

/** Something that happened in a fleet. */
export type FleetEvent = FleetEventBody & FleetEventStamp;
