import type { HostState } from '../hosts/host-machine.ts';
import type { ListedServer } from './list-fleet.ts';

/** What the page of a fleet shows. */
export interface FleetOverview {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly env: string;
  readonly hosts: readonly SeenHost[];
  /** In the order of the plan. */
  readonly servers: readonly ListedServer[];
  /** The newest first. */
  readonly crashes: readonly SeenCrash[];
  /** The newest first. */
  readonly events: readonly SeenEvent[];
}

export interface SeenHost {
  readonly host: string;
  /** `here`: this machine · `connecting`: nothing was heard of it yet. */
  readonly state: 'here' | 'connecting' | HostState;
  readonly reason: string | null;
  readonly servers: number;
}

/** An end that nobody wanted. */
export interface SeenCrash {
  readonly seq: number;
  /** ISO time. */
  readonly at: string;
  readonly id: string;
  readonly host: string;
  readonly cause: string;
  readonly evidence: string | null;
  readonly lastWords: readonly string[];
}

export interface SeenEvent {
  readonly seq: number;
  /** ISO time. */
  readonly at: string;
  readonly tone: 'none' | 'warn' | 'bad';
  readonly text: string;
}
