import type { Server } from 'node:net';
import type { Clock } from '../../../util/clock.ts';
import type { QuarantinedRoute } from '../../contract.ts';
import type { ServerBoot } from '../../server-boot.ts';
import type { ProcessEvents } from '../process-events.ts';
import { EarlyRequests } from './early-requests.ts';
import type { FlightRecorder, SharedRing } from './flight-recorder.ts';
import { type RequestTap, tapRequests } from './request-tap.ts';

export interface RecorderHookOptions {
  readonly clock: Clock;
  readonly events: ProcessEvents;
  /** The path that Vigil's own polls ask for; null when there are none. */
  readonly polledPath: () => string | null;
  /** Says in words why nothing is recorded; the server runs all the same. */
  readonly onTrouble: (text: string) => void;
}

/** Clients that have waited for the server come before the recorder, whose loading takes some time. */
const LOAD_AFTER_MS = 5;

/** Brings the flight recorder in when the first server listens: the start before that is spared its cost. */
export class RecorderHook {
  readonly #boot: ServerBoot;
  readonly #options: RecorderHookOptions;
  readonly #early: EarlyRequests;
  readonly #tap: RequestTap;
  readonly #tapped = new WeakSet<Server>();
  #stage: 'idle' | 'early' | 'loaded' = 'idle';
  #recorder: FlightRecorder | null = null;
  #onShared: ((ring: SharedRing) => void) | null = null;

  constructor(boot: ServerBoot, options: RecorderHookOptions) {
    this.#boot = boot;
    this.#options = options;
    this.#early = new EarlyRequests(options.clock);
    this.#tap = { sink: this.#early, polledPath: options.polledPath, gate: null };
  }

  watch(server: Server): void {
    if (this.#boot.ringName === null || this.#tapped.has(server)) return;
    this.#tapped.add(server);
    tapRequests(server, this.#tap);
    if (this.#stage === 'idle') this.#begin();
  }

  /** Calls back with the memory of the recorder, once there is one. */
  onShared(listener: (ring: SharedRing) => void): void {
    if (this.#recorder === null) this.#onShared = listener;
    else listener(this.#recorder.shared);
  }

  /** Requests for these routes are refused from now on, those for others no more. */
  refuse(routes: readonly QuarantinedRoute[]): void {
    const { createQuarantineGate } =
      require('./quarantine-gate') as typeof import('./quarantine-gate.ts');
    this.#tap.gate = createQuarantineGate(routes, this.#options.clock);
  }

  /** An error that nobody caught ends the process: what was in flight at that moment counts. */
  freeze(): void {
    this.#load();
    this.#recorder?.freeze();
  }

  #begin(): void {
    this.#stage = 'early';
    const { clock, events } = this.#options;
    clock
      .setTimer(LOAD_AFTER_MS, () => {
        this.#load();
      })
      .unref();
    const write = (): boolean => {
      if (!this.#early.isEmpty) this.#load();
      this.#recorder?.write();
      return false;
    };
    events.intercept('uncaughtExceptionMonitor', write);
    events.intercept('exit', write);
  }

  #load(): void {
    if (this.#stage !== 'early') return;
    this.#stage = 'loaded';
    try {
      const { createFlightRecorder } =
        require('./flight-recorder') as typeof import('./flight-recorder.ts');
      const recorder = createFlightRecorder(this.#boot, this.#options.clock);
      recorder.adopt(this.#early.take());
      this.#recorder = this.#tap.sink = recorder;
      this.#onShared?.(recorder.shared);
    } catch (error) {
      this.#tap.sink = { begin: () => undefined, leave: () => undefined };
      const why = error instanceof Error ? error.message : String(error);
      this.#options.onTrouble(
        `the requests in flight cannot be recorded (${why}): no crash report will name them; "crashReports.flightRecorder": false says that this is wanted`,
      );
    }
  }
}
