import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { planLooks } from '../../../probe/stuck-loop.ts';
import type { LoopStalled } from '../../contract.ts';
import { type Clock, systemClock } from '../../../util/clock.ts';
import { MARKER_VARIABLE } from '../../server-boot.ts';
import type { SharedRing } from '../flight-recorder/flight-recorder.ts';
import type { ProcessEvents } from '../process-events.ts';
import { LoopBeat } from './loop-beat.ts';
import type { WatchdogSettings } from './watchdog-settings.ts';

export interface WatchdogOptions {
  readonly clock: Clock;
  readonly events: ProcessEvents;
  readonly monitorPid: number;
  readonly heartbeatMs: number;
  readonly silenceMs: number;
  readonly hangNoteFile: string;
  /** The loop was stuck, not for long enough to be killed for it, and turns again. */
  readonly onStalled: (stall: LoopStalled) => void;
  /** Says in words why the thread cannot be had; the server runs all the same. */
  readonly onTrouble: (text: string) => void;
}

const THREAD = join(__dirname, 'watchdog-thread.js');
/** A server that is not ready sooner has its thread from then on; until then the start is spared the cost. */
const START_AFTER_MS = 1000;
/** What a tree gets between SIGTERM and SIGKILL when the process ends in order. */
const TREE_GRACE_MS = 500;
/** Enough for what the thread does; what Node allows by default is many times as much. */
const LIMITS = { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 32, stackSizeMb: 1 };

/**
 * Keeps an eye on the event loop from a thread beside it: what it is stuck in is written down for the
 * monitor. And keeps the server's process, and what it has started, from outliving the monitor.
 */
export class Watchdog {
  readonly #options: WatchdogOptions;
  readonly #marker: string | null;
  #beat: LoopBeat | null = null;
  #thread: Worker | null = null;
  #ring: SharedRing | null = null;

  constructor(options: WatchdogOptions) {
    this.#options = options;
    const mark = process.env[MARKER_VARIABLE];
    this.#marker = mark === undefined ? null : `${MARKER_VARIABLE}=${mark}`;
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
    if (this.#beat !== null) return;
    const { clock, heartbeatMs, silenceMs, monitorPid, hangNoteFile } = this.#options;
    const plan = planLooks(heartbeatMs, silenceMs);
    this.#beat = new LoopBeat(clock, plan.lookEveryMs);
    this.#beat.start();
    const { shared } = this.#beat;
    try {
      this.#startThread({ monitorPid, marker: this.#marker, shared, plan, hangNoteFile });
    } catch (error) {
      this.#tell(error);
    }
  }

  /** By how much the loop was late at the most since this was last asked, milliseconds. */
  takeLag(): number {
    return this.#beat?.takeLag() ?? 0;
  }

  /** For `ms` milliseconds from now a stuck loop is no news. */
  quiet(ms: number): void {
    this.#beat?.quiet(ms);
  }

  /** Gives the thread the requests in flight, to be written while the event loop cannot. */
  share(ring: SharedRing): void {
    this.#ring = ring;
    this.#thread?.postMessage(ring);
  }

  /** Ends what the server has started, once the server's own code has had its last turn. */
  #endTreeAtExit(): void {
    process.once('exit', () => {
      const { endTreeNow } =
        require('../../../process/end-tree-now') as typeof import('../../../process/end-tree-now.ts');
      endTreeNow({ pid: process.pid, marker: this.#marker }, systemClock, TREE_GRACE_MS);
    });
  }

  #startThread(settings: WatchdogSettings): void {
    const { Worker } = require('node:worker_threads') as typeof import('node:worker_threads');
    let own: unknown = null;
    // The server's own listener is told of the threads that the server makes.
    this.#options.events.intercept('worker', (worker) => worker === own);
    const thread = new Worker(THREAD, {
      workerData: settings,
      // Flags and variables meant for the server would load its preloads into this thread as well.
      execArgv: [],
      env: {},
      trackUnmanagedFds: false,
      resourceLimits: LIMITS,
      name: 'vigil-watchdog',
    });
    own = thread;
    thread.on('message', (stall: LoopStalled) => {
      this.#options.onStalled(stall);
    });
    this.#thread = thread;
    if (this.#ring !== null) this.share(this.#ring);
    thread.on('error', (error) => {
      this.#tell(error);
    });
    // Last: a listener for its messages would hold the process again.
    thread.unref();
  }

  #tell(error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    this.#options.onTrouble(
      `the watchdog thread cannot run (${why}): a blocked server shows no stack, and stays should the monitor be killed; "watchdog": false says that this is wanted`,
    );
  }
}
