import { fromErrorLike } from '../../ipc/error-like.ts';
import type { Clock } from '../../util/clock.ts';
import { waitFor } from '../../util/clock.ts';
import type { ExitHandlerFailure, ExitHandlers } from '../../util/exit-handlers.ts';
import type { DrainFinished, EndingPhase, ManualExitRequest } from '../contract.ts';
import { drainServers, stopAccepting } from './drain.ts';
import { DrainLimit } from './drain-limit.ts';
import type { DrainListeners } from './drain-listeners.ts';
import type { ListenerWatch } from './listener-watch.ts';
import { drainOwnCluster } from './own-cluster.ts';
import type { SignalGuard } from './signal-guard.ts';

export interface EndingReports {
  phase(phase: EndingPhase): void;
  drainFinished(report: DrainFinished): void;
  /** In words: what went wrong with a listener of the drain. */
  drainTrouble(text: string): void;
  exitHandlerFailure(failure: ExitHandlerFailure): void;
  /** Settles when all that was reported has left this process. */
  flushed(): Promise<void>;
}

export interface EndingOptions {
  readonly clock: Clock;
  readonly watch: ListenerWatch;
  readonly guard: SignalGuard;
  readonly drainListeners: DrainListeners;
  readonly handlers: ExitHandlers;
  readonly exitHandlerMs: number;
  readonly reports: EndingReports;
}

interface RunningDrain {
  request: ManualExitRequest;
  readonly limit: DrainLimit;
}

const CRASH_EXIT_CODE = 1;
/** The same with which Node ends a cluster worker whose primary is gone. */
const ORPHANED_EXIT_CODE = 0;
const FLUSH_MS = 500;

/** Ends this server process in order; the only place of the server's side that exits. */
export class Ending {
  readonly #options: EndingOptions;
  #begun = false;
  /** There while it drains: until then what is asked for may still change. */
  #drain: RunningDrain | null = null;

  constructor(options: EndingOptions) {
    this.#options = options;
  }

  get begun(): boolean {
    return this.#begun;
  }

  /**
   * Drain, exit handlers, then the server's own signal handlers, else exit. The first call counts,
   * except that the end of the session takes over a drain that goes on for another reason.
   */
  begin(request: ManualExitRequest): void {
    if (this.#begun) {
      this.#takeOver(request);
      return;
    }
    this.#begun = true;
    this.#options.guard.hold();
    void this.#endInOrder(request);
  }

  /** The Error goes to the exit handlers, and nothing is drained. */
  beginAfterCrash(error: Error): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#options.guard.hold();
    for (const listener of this.#options.watch.listeners) stopAccepting(listener.server);
    void this.#runHandlers(error, this.#options.exitHandlerMs).then(() =>
      this.#exit(CRASH_EXIT_CODE),
    );
  }

  /** The monitor is gone: without it nothing would ever end this process. */
  endOrphaned(): void {
    process.exit(ORPHANED_EXIT_CODE);
  }

  async #endInOrder(request: ManualExitRequest): Promise<void> {
    if (request.error !== null) {
      await this.#runHandlers(fromErrorLike(request.error), request.exitHandlerMs);
      return this.#exit(CRASH_EXIT_CODE);
    }
    const { isSessionEnd, exitHandlerMs, signal } = await this.#drainFor(request);
    await this.#runHandlers(isSessionEnd, exitHandlerMs);
    this.#options.reports.phase({ phase: 'ownHandlers', budgetMs: exitHandlerMs });
    if (this.#options.guard.release(signal)) return undefined;
    return this.#exit(0);
  }

  #takeOver(request: ManualExitRequest): void {
    if (this.#drain === null || !request.isSessionEnd || request.error !== null) return;
    this.#drain.request = request;
    this.#drain.limit.bringForward(request.drainMs);
  }

  /** @returns what is asked for at the end of the drain */
  async #drainFor(request: ManualExitRequest): Promise<ManualExitRequest> {
    const { clock, watch, reports, drainListeners } = this.#options;
    const servers = watch.listeners.map((listener) => listener.server);
    if (request.drainMs === 0) {
      for (const server of servers) stopAccepting(server);
      return request;
    }
    reports.phase({ phase: 'draining', budgetMs: request.drainMs });
    const limit = new DrainLimit(clock, request.drainMs);
    const drain: RunningDrain = (this.#drain = { request, limit });
    const onTrouble = (text: string): void => {
      reports.drainTrouble(text);
    };
    const [report] = await Promise.all([
      drainServers(servers, { clock, limit, listeners: drainListeners, onTrouble }),
      drainOwnCluster(limit.signal),
    ]);
    limit.clear();
    this.#drain = null;
    reports.drainFinished(report);
    return drain.request;
  }

  async #runHandlers(reason: Error | boolean, exitHandlerMs: number): Promise<void> {
    const { handlers, reports } = this.#options;
    reports.phase({ phase: 'exitHandlers', budgetMs: handlers.count * exitHandlerMs });
    await handlers.run(reason, exitHandlerMs, (failure) => {
      reports.exitHandlerFailure(failure);
    });
  }

  async #exit(code: number): Promise<void> {
    const { clock, reports } = this.#options;
    await Promise.race([reports.flushed(), waitFor(clock, FLUSH_MS)]);
    process.exit(code === 0 ? (process.exitCode ?? 0) : code);
  }
}
