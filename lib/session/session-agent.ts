import cluster from 'node:cluster';
import { VigilError } from '../errors.ts';
import type { SessionOptions } from './options/session-options.ts';
import type { Monitor } from './monitor/monitor.ts';
import { findServerProcess } from './worker/find-server-process.ts';
import { ServerWorker, type Work } from './worker/server-worker.ts';

// Kept on the process itself: two agents, or two loaded copies of the package, are still one session.
const LAUNCHED = Symbol.for('server-vigil.launched');

// Agents of which nothing runs in the monitor before the server is started, so that the server can be started first.
const WITHOUT_HOOK = new WeakSet<AppliedSessionAgent>();

/**
 * One server under watch, started from its own entry file: the first process becomes the monitor,
 * and starts the same file again as the server.
 *
 * Subclass it and call `launch()`; {@link launch} is the same without a class.
 */
export abstract class AppliedSessionAgent {
  /** The configuration: an object, the path of a file, or nothing for `session.config.json`. */
  protected readonly config: SessionOptions | string | undefined = undefined;
  #monitor: Monitor | null = null;
  #worker: ServerWorker | null = null;

  /** Runs in the monitor before the server is started; returns the session key. */
  protected abstract initializeMonitor(monitor: Monitor): string | Promise<string>;
  /** Runs in each server process; usually `ServerWorker.Create(work)`. */
  protected abstract initializeServerWorker(): ServerWorker | Promise<ServerWorker>;

  /**
   * Becomes the monitor or the server, whichever this process is.
   *
   * @throws ERR_SESSION_LAUNCHED when called a second time
   * @throws ERR_WRONG_PROCESS in a cluster worker that another primary started
   * @throws ERR_CONFIG_INVALID, ERR_CONFIG_READ, ERR_STATE_DIRECTORY, ERR_SESSION_RUNNING in the monitor
   */
  async launch(): Promise<void> {
    const held = globalThis as { [LAUNCHED]?: boolean };
    if (held[LAUNCHED] === true) {
      throw new VigilError(
        'ERR_SESSION_LAUNCHED',
        'launch was called a second time in this process: call it once, at the start',
      );
    }
    held[LAUNCHED] = true;
    const serverProcess = findServerProcess();
    if (serverProcess !== null) {
      const polling = typeof this.config === 'object' ? this.config.polling : undefined;
      if (typeof polling === 'object' && polling.get !== undefined)
        serverProcess.conversation.poll?.useGetter(polling.get);
      this.#worker = await this.initializeServerWorker();
      return;
    }
    if (!cluster.isPrimary) {
      throw new VigilError(
        'ERR_WRONG_PROCESS',
        'launch was called in a cluster worker that Vigil did not start: call it in the entry file, before any cluster.fork',
      );
    }
    await this.#launchMonitor();
  }

  /** The monitor. @throws ERR_WRONG_PROCESS in the server's process */
  get sessionMonitor(): Monitor {
    if (this.#monitor === null) throw wrongSide('sessionMonitor', 'monitor');
    return this.#monitor;
  }

  /** The server's worker. @throws ERR_WRONG_PROCESS in the monitor's process */
  get serverWorker(): ServerWorker {
    if (this.#worker === null) throw wrongSide('serverWorker', 'server');
    return this.#worker;
  }

  /**
   * Ends the session, from whichever process.
   *
   * @param graceful - drain the server first; default true
   * @param errorCode - exit code of the monitor; default 0
   */
  killSession(reason: string, graceful = true, errorCode = 0): void {
    if (this.#worker !== null) this.#worker.killSession(reason, graceful, errorCode);
    else this.sessionMonitor.killSession(reason, graceful, errorCode);
  }

  async #launchMonitor(): Promise<void> {
    const { launchMonitor } = require('./launch-monitor') as typeof import('./launch-monitor.ts');
    const onMonitor = (monitor: Monitor): void => {
      this.#monitor = monitor;
    };
    const initializeMonitor = (monitor: Monitor): unknown => {
      onMonitor(monitor);
      return this.initializeMonitor(monitor);
    };
    await launchMonitor(
      this.config,
      WITHOUT_HOOK.has(this) ? { onMonitor } : { initializeMonitor },
    );
  }
}

export interface LaunchOptions {
  /** Starts the server; runs in the server's process only. */
  readonly work: Work;
  /** Runs in the monitor before the server is started; may return the session key. */
  readonly initializeMonitor?: (monitor: Monitor) => unknown;
  /** Runs in each server process before `work`. */
  readonly initializeServerWorker?: (worker: ServerWorker) => unknown;
  readonly config?: SessionOptions | string;
}

/**
 * Puts the server that `work` starts under watch. Call it once, in the entry file.
 *
 * @throws as {@link AppliedSessionAgent.launch}
 * @example
 * await launch({ work: () => import('./server.js') });
 */
export async function launch(options: LaunchOptions): Promise<void> {
  await new LaunchedAgent(options).launch();
}

class LaunchedAgent extends AppliedSessionAgent {
  protected override readonly config: SessionOptions | string | undefined;
  readonly #options: LaunchOptions;

  constructor(options: LaunchOptions) {
    super();
    this.#options = options;
    this.config = options.config;
    if (options.initializeMonitor === undefined) WITHOUT_HOOK.add(this);
  }

  protected override async initializeMonitor(monitor: Monitor): Promise<string> {
    const given = await this.#options.initializeMonitor?.(monitor);
    return typeof given === 'string' ? given : '';
  }

  protected override async initializeServerWorker(): Promise<ServerWorker> {
    const worker = ServerWorker.createIdle();
    await this.#options.initializeServerWorker?.(worker);
    worker.run(this.#options.work);
    return worker;
  }
}

function wrongSide(getter: string, side: string): VigilError {
  return new VigilError(
    'ERR_WRONG_PROCESS',
    `${getter} is there in the ${side} process only, after launch(): this is another process, or launch was not called`,
  );
}
