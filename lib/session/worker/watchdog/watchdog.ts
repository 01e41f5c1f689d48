import { join } from 'node:path';
import { type Clock, systemClock } from '../../../util/clock.ts';
import { MARKER_VARIABLE } from '../../server-boot.ts';
import type { ProcessEvents } from '../process-events.ts';
import type { WatchdogSettings } from './watchdog-settings.ts';

export interface WatchdogOptions {
  readonly clock: Clock;
  readonly events: ProcessEvents;
  readonly monitorPid: number;
  /** Says in words why the thread cannot be had; the server runs all the same. */
  readonly onTrouble: (text: string) => void;
}

const THREAD = join(__dirname, 'watchdog-thread.js');
/** A server that is not ready sooner has its thread from then on; until then the start is spared the cost. */
const START_AFTER_MS = 1000;
/** What a tree gets between SIGTERM and SIGKILL when the process ends in order. */
const TREE_GRACE_MS = 500;
/** Enough for what the thread does; what Node allows by default is many times as much. */
const LIMITS = { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16, stackSizeMb: 1 };

/** Keeps the server's process, and what it has started, from outliving the monitor. */
export class Watchdog {
  readonly #options: WatchdogOptions;
  readonly #settings: WatchdogSettings;
  #started = false;

  constructor(options: WatchdogOptions) {
    this.#options = options;
    const mark = process.env[MARKER_VARIABLE];
    const marker = mark === undefined ? null : `${MARKER_VARIABLE}=${mark}`;
    this.#settings = { monitorPid: options.monitorPid, marker };
  }

  install(): void {
    // Before Node's own listener, which ends a cluster worker that has lost its primary.
    this.#options.events.intercept('disconnect', () => {
      this.#endTreeAtExit();
      return false;
    });
    this.#options.clock
      .setTimer(START_AFTER_MS, () => {
        this.start();
      })
      .unref();
  }

  /** Starts the thread, unless it was started before. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    try {
      this.#startThread();
    } catch (error) {
      this.#tell(error);
    }
  }

  /** Ends what the server has started, once the server's own code has had its last turn. */
  #endTreeAtExit(): void {
    process.once('exit', () => {
      const { endTreeNow } =
        require('../../../process/end-tree-now') as typeof import('../../../process/end-tree-now.ts');
      endTreeNow({ pid: process.pid, marker: this.#settings.marker }, systemClock, TREE_GRACE_MS);
    });
  }

  #startThread(): void {
    const { Worker } = require('node:worker_threads') as typeof import('node:worker_threads');
    let own: unknown = null;
    // The server's own listener is told of the threads that the server makes.
    this.#options.events.intercept('worker', (worker) => worker === own);
    const thread = new Worker(THREAD, {
      workerData: this.#settings,
      // Flags and variables meant for the server would load its preloads into this thread as well.
      execArgv: [],
      env: {},
      trackUnmanagedFds: false,
      resourceLimits: LIMITS,
      name: 'vigil-watchdog',
    });
    own = thread;
    thread.unref();
    thread.on('error', (error) => {
      this.#tell(error);
    });
  }

  #tell(error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    this.#options.onTrouble(
      `the watchdog thread cannot run (${why}): should the monitor be killed, a blocked server stays; "watchdog": false says that this is wanted`,
    );
  }
}
