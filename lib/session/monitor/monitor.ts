import { VigilError } from '../../errors.ts';
import { describeClosed } from '../../ipc/ipc-errors.ts';
import type { Response } from '../../ipc/pending-requests.ts';
import type { EmitOptions } from '../../ipc/promisified-ipc-manager.ts';
import type { Death } from '../../process/child-events.ts';
import type { ReloadVerdict } from '../../process/slot-settings.ts';
import type { EventStream } from '../../util/event-stream.ts';
import type { ExitHandler } from '../../util/exit-handlers.ts';
import type { SessionEvent } from '../session-event.ts';
import { type ExecOptions, type ExecResult, runCommand } from './exec-command.ts';
import { joinLogArguments } from './main-log.ts';
import type { SessionEngine } from './session-engine.ts';
import { type PollingPatch, restartServer, setPolling, setPort } from './session-orders.ts';
import type { SessionStatus } from './session-status.ts';

/** Where users hook into what the monitor notices. */
export interface CoreHooks {
  /** Calls back once for each unexpected death, whoever noticed it. */
  onCrashDetected(
    listener: (crash: { readonly error: Error; readonly death: Death }) => unknown,
  ): void;
  /** Calls back whenever a server process has become ready. */
  onServerRunning(listener: (running: { readonly isFirstTime: boolean }) => unknown): void;
}

/**
 * The monitor's side of a session: it lives in the cluster primary and keeps one server process up.
 *
 * Made by `launch()` or by an AppliedSessionAgent, never by hand.
 */
export class Monitor {
  readonly #engine: SessionEngine;
  #finalized = false;

  /** @internal */
  constructor(engine: SessionEngine) {
    this.#engine = engine;
  }

  /** Hooks for what the monitor notices. */
  readonly coreHooks: CoreHooks = {
    onCrashDetected: (listener) => {
      this.#engine.crashHooks.add(listener);
    },
    onServerRunning: (listener) => {
      this.#engine.runningHooks.add(listener);
    },
  };

  /** Every event of the session: `subscribe(listener)`, or `for await (const event of monitor.events)`. */
  get events(): EventStream<SessionEvent> {
    return this.#engine.journal.stream;
  }

  /** Registers a handler for messages of the server process; it outlives every restart. */
  on(name: string, handler: (args: never) => unknown): this {
    this.#engine.board.on(name, handler);
    return this;
  }

  off(name: string, handler: (args: never) => unknown): this {
    this.#engine.board.off(name, handler);
    return this;
  }

  /** Removes all handlers of the names that were registered with `on`. */
  clearMessageListeners(...names: string[]): this {
    this.#engine.board.clear(names);
    return this;
  }

  /**
   * Sends a message to the handlers of the present server process.
   *
   * @param options.timeoutMs - deadline of the answer, milliseconds; default 30_000
   * @returns `{results}` or `{error}`, with ERR_IPC_CLOSED when there is no server process; it rejects only for programming errors
   */
  emit<T = unknown>(name: string, args?: unknown, options?: EmitOptions): Promise<Response<T>> {
    const { server } = this.#engine.supervisor;
    if (server !== null) return server.link.ipc.emit<T>(name, args, options);
    return Promise.resolve({ error: describeClosed(name, 'the server process') });
  }

  /** Registers what is to be done before the monitor ends, after the server has; in reverse order of registration. */
  addExitHandler(handler: ExitHandler): this {
    this.#engine.handlers.add(handler);
    return this;
  }

  /**
   * Adds a console command: a line is the name, then arguments separated by spaces, where quotes group.
   *
   * @param argPatterns - one for each argument, which must match it as a whole
   * @throws ERR_ARGUMENT when a part is of the wrong kind, or the command is already there
   */
  addReplCommand(
    name: string,
    argPatterns: readonly (RegExp | string)[],
    action: (args: string[]) => unknown,
  ): this {
    this.#engine.commands.addReplCommand(name, argPatterns, action);
    return this;
  }

  /**
   * Runs a shell command here and shows what it prints in the log.
   *
   * @throws ERR_EXEC_FAILED when it cannot be started or fails
   */
  async exec(command: string, options: ExecOptions = {}): Promise<ExecResult> {
    this.#engine.log('info', `$ ${command}`, 'exec');
    const result = await runCommand(command, options);
    const text = `${result.stdout}${result.stderr}`.trimEnd();
    if (options.showOutput !== false && text !== '') this.#engine.log('info', text, 'exec');
    return result;
  }

  /** Writes a line to the monitor's log. */
  mainLog(...values: unknown[]): void {
    this.#engine.log('info', joinLogArguments(values));
  }

  /**
   * Ends the session and this process.
   *
   * @param graceful - drain the server first; default true
   * @param errorCode - exit code of this process; default 0
   */
  killSession(reason: string, graceful = true, errorCode = 0): void {
    this.#engine.end({ reason, graceful, exitCode: errorCode });
  }

  /** Replaces the server process; resolves once the new one is ready. @throws ERR_SESSION_ENDED, ERR_CHILD_DIED */
  restart(options: { readonly force?: boolean } = {}): Promise<{ readonly generation: number }> {
    return restartServer(this.#engine, options.force === true);
  }

  /** Starts a successor and switches over once it is ready; never rejects. */
  reload(): Promise<ReloadVerdict> {
    return this.#engine.supervisor.slot.reload();
  }

  /** Changes a port; with `immediate` the server is restarted to use it. @throws ERR_CONFIG_INVALID */
  async setPort(name: string, port: number, immediate: boolean): Promise<void> {
    await setPort(this.#engine, { name, port }, immediate);
  }

  /** Changes how the server is polled; with `immediate` the present process too. @throws ERR_CONFIG_INVALID */
  setPolling(patch: PollingPatch, immediate: boolean): void {
    setPolling(this.#engine, patch, immediate);
  }

  status(): SessionStatus {
    return this.#engine.status;
  }

  /** Fixes the session key and starts the server; `launch()` calls it. @throws ERR_SESSION_LAUNCHED */
  finalize(sessionKey: string): void {
    if (this.#finalized)
      throw new VigilError('ERR_SESSION_LAUNCHED', 'the session was started already');
    this.#finalized = true;
    this.#engine.start(sessionKey);
  }
}
