import type { HeldSockets } from '../../process/listener/held-sockets.ts';
import type { Clock } from '../../util/clock.ts';
import type { ResolvedSessionOptions } from '../options.ts';
import type { NotifyDoor } from './service-manager/notify-door.ts';
import type { ServerProgram, StartedServer } from './server-fork.ts';

/** The taking over of a session from another monitor. */
export interface Succession {
  /** Keeps what both monitors would use for the moment when the session is this one's. */
  readonly holdServices: (open: (predecessorGone: Promise<void>) => void) => void;
}

/** How the monitor was started: what the command line decides and the configuration does not. */
export interface MonitorContext {
  readonly program: ServerProgram;
  readonly clock: Clock;
  readonly log: 'text' | 'json';
  readonly quiet: boolean;
  /** Read commands from standard input. */
  readonly repl: boolean;
  /** The listening sockets of the server; null when they are not held. */
  readonly held: HeldSockets | null;
  /** The first server process, when it was started before the monitor was made. */
  readonly started?: StartedServer | null;
  /** There when this monitor replaces another one. */
  readonly takeOver?: Succession | null;
  /** Where the service manager that has started this process is told how the session fares. */
  readonly notifyDoor?: NotifyDoor | null;
  /** What was noticed before there was a log. */
  readonly warnings?: readonly string[];
}

/** The settings of the session as they are now; changed only through `change`. */
export class LiveOptions {
  #current: ResolvedSessionOptions;

  constructor(options: ResolvedSessionOptions) {
    this.#current = options;
  }

  get current(): ResolvedSessionOptions {
    return this.#current;
  }

  /** Sets one key, in the units of the config file. @throws ERR_CONFIG_INVALID */
  change(path: string, value: unknown): void {
    const { withSetting } =
      require('../options/with-setting') as typeof import('../options/with-setting.ts');
    this.#current = withSetting(this.#current, path, value);
  }
}
