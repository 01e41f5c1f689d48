import { VigilError } from '../../errors.ts';

import type { EmitOptions } from '../../ipc/promisified-ipc-manager.ts';
import type { Response } from '../../ipc/pending-requests.ts';
import type { ExitHandler } from '../../util/exit-handlers.ts';
import { extendDeadlineMessage, killMessage, lifecycleMessage } from '../contract.ts';
import { MessageBoard } from '../message-board.ts';
import { SERVER_WORKER } from '../server-boot.ts';
import type { DrainListener } from './drain-listeners.ts';
import { findServerProcess } from './find-server-process.ts';
import type { ServerProcess } from './server-process.ts';
import type { PollingGet } from '../options/session-options.ts';

/** Starts the user's server; may be asynchronous. */
export type Work = () => unknown;

/**
 * The server's side of a session: messages to and from the monitor, exit handlers, readiness.
 *
 * There is one in each server process. Made by {@link ServerWorker.Create}, or by `launch()`.
 */
export class ServerWorker {
  readonly #process: ServerProcess;
  readonly #board = new MessageBoard();

  private constructor(serverProcess: ServerProcess) {
    this.#process = serverProcess;
    serverProcess.onConversation((ipc) => {
      this.#board.join(ipc);
    });
  }

  /**
   * Makes the worker of this process and runs `work`, the user's server.
   *
   * @throws ERR_WRONG_PROCESS in a process that no monitor started as its server
   * @throws ERR_WORKER_EXISTS when this process has a worker already; the session is then ended with errorCode 1
   */
  static Create(work: Work): ServerWorker {
    const worker = ServerWorker.createIdle();
    worker.run(work);
    return worker;
  }

  /** Makes the worker without running anything yet. @internal */
  static createIdle(): ServerWorker {
    const serverProcess = findServerProcess();
    if (serverProcess === null) {
      throw new VigilError(
        'ERR_WRONG_PROCESS',
        'ServerWorker.Create was called in a process that no monitor started as its server; create it in initializeServerWorker',
      );
    }
    const held = globalThis as { [SERVER_WORKER]?: ServerWorker };
    const existing = held[SERVER_WORKER];
    if (existing !== undefined) {
      const error = new VigilError('ERR_WORKER_EXISTS', 'this process already has a ServerWorker');
      existing.killSession(error.message, false, 1);
      throw error;
    }
    const worker = new ServerWorker(serverProcess);
    held[SERVER_WORKER] = worker;
    return worker;
  }

  /** Runs the user's server, in a spare process once it is promoted; an error it ends with counts as a crash. @internal */
  run(work: Work): void {
    this.#process.standby.begin(() => {
      void new Promise((resolve) => {
        resolve(work());
      }).catch((error: unknown) => {
        this.#process.failWork(error);
      });
    });
  }

  /**
   * Registers what is to be done before this process ends; also run after an uncaught exception.
   *
   * The handlers run in reverse order of registration, each with `shutdown.exitHandlerSeconds`.
   *
   * @param handler - gets `true` when the session ends, `false` when this process is being replaced, an Error when it crashed
   * @fires exitHandler.failed, exitHandler.timedOut
   */
  addExitHandler(handler: ExitHandler): this {
    this.#process.conversation.handlers.add(handler);
    this.#process.crashes.takeOver();
    return this;
  }

  /**
   * Registers what is to be done when this process begins to drain, such as to say goodbye to WebSocket clients.
   *
   * All listeners are called at once, and the drain does not end before they have settled, or it gives
   * up. As soon as there is one, upgraded connections are left to it; without, WebSockets are closed
   * with the code 1001. Nothing is called where nothing is drained: after a crash, or by force.
   *
   * @param listener - gets `deadlineMs`, milliseconds until the drain gives up, and a `signal` that is aborted when it does
   * @throws ERR_ARGUMENT when it is not a function
   */
  onDrain(listener: DrainListener): this {
    this.#process.conversation.drainListeners.add(listener);
    return this;
  }

  /**
   * Sends a message to the handlers the monitor has registered under `name`.
   *
   * @param options.timeoutMs - deadline of the answer, milliseconds; default 30_000
   * @returns `{results}` or `{error}`; it rejects only for a bad name or a value that cannot be sent
   */
  emit<T = unknown>(name: string, args?: unknown, options?: EmitOptions): Promise<Response<T>> {
    return this.#process.conversation.ipc.emit<T>(name, args, options);
  }

  /** Registers a handler for messages of the monitor; several of one name all run. */
  on(name: string, handler: (args: never) => unknown): this {
    this.#board.on(name, handler);
    return this;
  }

  off(name: string, handler: (args: never) => unknown): this {
    this.#board.off(name, handler);
    return this;
  }

  /** Removes all handlers of the names that were registered with `on`. */
  clearMessageListeners(...names: string[]): this {
    this.#board.clear(names);
    return this;
  }

  /**
   * Asks the monitor to end the session.
   *
   * @param graceful - drain first; default true
   * @param errorCode - the exit code of the monitor; default 0
   */
  killSession(reason: string, graceful = true, errorCode = 0): void {
    this.#process.tellSecrets();
    void this.#process.conversation.ipc.emit(killMessage, { reason, graceful, errorCode });
  }

  /** Puts a line of the server's own into the event stream and the log. @fires lifecycle */
  lifecycleNotification(text: string): void {
    this.#process.tellSecrets();
    this.#process.conversation.ipc.notify(lifecycleMessage, { event: text });
  }

  /** Says that the server is ready; called before the first good poll it takes its place. */
  ready(): void {
    this.#process.announceReady();
  }

  /** Allows `ms` milliseconds more, from now, for what the server is doing: starting, a long computation, or ending. @fires worker.extendedDeadline */
  extendDeadline(ms: number): void {
    if (!Number.isFinite(ms) || ms < 0) {
      throw new VigilError(
        'ERR_ARGUMENT',
        `extendDeadline expects milliseconds, got ${String(ms)}`,
      );
    }
    const { conversation } = this.#process;
    conversation.watchdog?.quiet(ms);
    conversation.ipc.notify(extendDeadlineMessage, { ms });
  }

  /** Polls the health route with the given getter instead of the private connection. */
  pollWith(get: PollingGet): this {
    this.#process.conversation.poll?.useGetter(get);
    return this;
  }
}
