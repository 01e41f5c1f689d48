import type { Clock } from '../../util/clock.ts';
import type { ModuleHost } from '../modules/module-host.ts';

/** What the application hands to the master's side when its process is the master. */
export interface MasterSettings {
  /** Absolute path of the application's directory. */
  readonly base: string;
  readonly env: string;
  /** Absolute path of the file that node was started with; servers run the same. */
  readonly main: string;
  /** Flags of node before that file. */
  readonly nodeArgs: readonly string[];
  /** All `key=value` words this process was started with, `env` among them. */
  readonly words: Readonly<Record<string, string | number>>;
  /** Which servers are wanted: `type=` and `startId=`; null: all. */
  readonly wanted: { readonly type: string | null; readonly id: string | null };
  /**
   * The modules of the application, by id, not yet started. The master's side adds its own (`__console__`,
   * `__masterwatcher__`), delivers to it what comes over the wire, and calls `start(agent)` once it listens.
   */
  readonly modules: ModuleHost;
  readonly clock: Clock;
  /** One line for the operator. */
  readonly log: (line: string) => void;
  /** Every server that is wanted has started: components and lifecycle hear of `afterStartAll`. May be called again. */
  readonly onAllStarted: () => void;
  /** What happens in the fleet, for `app.event`: `add_servers`, `remove_servers`, `replace_servers`. */
  readonly onTopology: (event: string, value: unknown) => void;
  /** A client has asked that the whole fleet ends, or this process cannot go on: `app.stop(true)`. */
  readonly requestStop: (reason: string) => void;
}

/**
 * The master's side of a fleet. `start` rejects with a coded error when it cannot become master (a second start, a
 * port that is taken, a configuration that is wrong); it resolves when it listens and its servers are being started.
 */
export interface MasterRole {
  start(): Promise<void>;
  /** Ends the servers in the reverse order of their types, then what is the master's own. */
  stop(force: boolean): Promise<void>;
}
