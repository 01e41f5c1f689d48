import { readFileSync } from 'node:fs';
import { VigilError } from '../errors.ts';
import { listenAt, reachableHost } from '../http/listen-at.ts';
import { HttpDoor } from '../http/http-door.ts';
import { EventJournal } from '../session/event-journal.ts';
import { lockSession } from '../session/monitor/session-lock.ts';
import { prepareStateDirectory } from '../session/monitor/state-directory.ts';
import { type Clock, isoTime, systemClock } from '../util/clock.ts';
import type { EventStream } from '../util/event-stream.ts';
import { describeFailure } from './http-answers.ts';
import { createLivelinessRoutes } from './liveliness-routes.ts';
import { loadSpawnerOptions } from './load-spawner-options.ts';
import type { ResolvedSpawnerOptions } from './resolve-spawner-options.ts';
import type { SpawnEvent, SpawnEventBody } from './spawn-event.ts';
import { SpawnKeeper } from './spawn-keeper.ts';
import { type SpawnView, viewSpawn } from './spawn-roster.ts';
import { createSpawnerGate } from './spawner-gate.ts';
import { SpawnerMetrics } from './spawner-metrics.ts';
import type { SpawnerOptions } from './spawner-options.ts';
import { createSpawnerRoutes, endpointOf } from './spawner-routes.ts';
import { createWebSocketProxy } from './web-socket-proxy.ts';

/** Where a spawner and its surroundings meet. */
export interface SpawnerSurroundings {
  /** Takes what the spawner has to say of itself, one line at a time; default: nobody. */
  readonly log?: (level: 'info' | 'warn', line: string) => void;
  /** Default that of the system. */
  readonly clock?: Clock;
}

/** A server that was asked for, and is ready. */
export interface SpawnedServer {
  readonly id: string;
  /** Where a client reaches it, `ws://host:port`. */
  readonly endpoint: string;
  readonly rendererType: string;
}

export interface SpawnRequest {
  /** Default `csr`, or the first kind that is switched on. */
  readonly rendererType?: string;
  /** What the placeholders `{params.NAME}` of the command stand for. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** Fires when the server is not wanted any more: if it is not ready by then, it is ended. */
  readonly signal?: AbortSignal;
}

const LIMITS = { maxConnections: 10_000, closeDeadlineMs: 1000 };

/**
 * Starts servers on demand, each on a port of its own, and keeps them by what they say of themselves over HTTP.
 *
 * The servers may be any executables. They outlive a spawner that is killed: the next one with the same state directory
 * finds them again. A spawner that ends in order ends them.
 *
 * @see docs/reference/spawner.md - configuration, HTTP API, states
 * @example
 * const spawner = new Spawner({ command: ['./server', '--port', '{port}', '--report-to', '{liveliness}', '--id', '{id}'] });
 * await spawner.start();
 * const { endpoint } = await spawner.request();
 */
export class Spawner {
  /** What happens, from now on and lately. */
  readonly events: EventStream<SpawnEvent>;
  /** Settles when the spawner and all of its servers have ended. */
  readonly ended: Promise<void>;
  readonly #options: ResolvedSpawnerOptions;
  readonly #clock: Clock;
  readonly #log: (level: 'info' | 'warn', line: string) => void;
  readonly #journal: EventJournal<SpawnEventBody>;
  readonly #keeper: SpawnKeeper;
  readonly #door: HttpDoor;
  readonly #unlock: () => void;
  #settleEnded: () => void = () => undefined;
  #closed: Promise<void> | null = null;

  /**
   * Makes a spawner that does not listen yet.
   *
   * @param options - as in `spawner.config.json`; relative paths are relative to the working directory
   * @throws ERR_CONFIG_INVALID
   * @throws ERR_STATE_DIRECTORY when the state directory or the folder of the logs cannot be made
   * @throws ERR_SESSION_RUNNING when another spawner has this state directory
   */
  constructor(
    options: SpawnerOptions | ResolvedSpawnerOptions,
    surroundings: SpawnerSurroundings = {},
  ) {
    this.#options = isResolved(options)
      ? options
      : loadSpawnerOptions({ cwd: process.cwd(), config: options });
    const { stateDirectory, name } = this.#options;
    this.#clock = surroundings.clock ?? systemClock;
    this.#log = surroundings.log ?? (() => undefined);
    prepareStateDirectory(stateDirectory);
    this.#unlock = lockSpawner(stateDirectory, name);
    const warn = (text: string): void => {
      this.#log('warn', text);
    };
    this.#journal = new EventJournal({ clock: this.#clock, stateDirectory, warn });
    this.events = this.#journal.stream;
    this.#keeper = new SpawnKeeper({
      options: this.#options,
      clock: this.#clock,
      journal: this.#journal,
      warn,
    });
    this.#door = this.#createDoor(warn);
    this.ended = new Promise((resolve) => {
      this.#settleEnded = resolve;
    });
    this.events.subscribe((event) => {
      if (event.type === 'spawn.dead')
        this.#log('info', `spawn ${event.id} exited with code: ${String(event.end?.code ?? null)}`);
    });
  }

  /**
   * Takes over the servers of a spawner before, and listens.
   *
   * @throws ERR_SPAWNER_PORT when the port cannot be had, or the certificate not be read
   */
  async start(): Promise<{ readonly url: string; readonly port: number }> {
    const { formerPort } = this.#keeper;
    const { port: wanted, host, tls } = this.#options;
    // Those it took over know it by the port it had.
    const first = wanted === 0 && formerPort !== null ? formerPort : wanted;
    try {
      const port = await listenAt(this.#door.server, host, first).catch((error: unknown) => {
        if (first === wanted) throw error;
        return listenAt(this.#door.server, host, wanted);
      });
      if (this.#closed !== null) throw new Error('it was asked to end meanwhile');
      const adopted = this.#keeper.adopt();
      if (adopted > 0)
        this.#log('info', `servers taken over from the spawner before: ${String(adopted)}`);
      const scheme = tls === null ? 'http' : 'https';
      const url = `${scheme}://${reachableHost(host)}:${String(port)}`;
      this.#keeper.open({ port, livelinessUrl: this.#options.livelinessUrl ?? url });
      this.#journal.tell({ type: 'spawner.started', name: this.#options.name, url });
      return { url, port };
    } catch (cause) {
      await this.close('the spawner could not listen');
      this.#door.server.close();
      const text = `the spawner cannot listen on port ${String(wanted)} of ${host}: ${(cause as Error).message}`;
      throw new VigilError('ERR_SPAWNER_PORT', text, { cause });
    }
  }

  /**
   * Gets a server, once it is ready.
   *
   * @throws SpawnFailure with the `status` and the reason that a request over HTTP would be answered
   */
  async request({ rendererType, params = {}, signal }: SpawnRequest = {}): Promise<SpawnedServer> {
    const { defaultType, publicHostname } = this.#options;
    const demand = { rendererType: rendererType ?? defaultType, params };
    const gone = signal ?? new AbortController().signal;
    const { spawn } = await this.#keeper.request(demand, gone);
    const { id, rendererType: type } = spawn.identity;
    return { id, endpoint: endpointOf(spawn, publicHostname ?? 'localhost'), rendererType: type };
  }

  /** The servers there are, and for a minute those that have ended. */
  list(): SpawnView[] {
    return this.#keeper.roster.list().map(viewSpawn);
  }

  /** Ends a server: SIGTERM, after five seconds SIGKILL. False: there is none of that id. */
  endSpawn(id: string): boolean {
    const spawn = this.#keeper.roster.find(id);
    spawn?.end('asked to end');
    return spawn !== undefined;
  }

  /** Ends all servers, then itself. Settles when nothing is left of them; the same promise each time. */
  close(reason = 'the spawner ends'): Promise<void> {
    this.#closed ??= this.#close(reason);
    return this.#closed;
  }

  /** Ends all servers by SIGKILL, then itself. */
  kill(reason = 'the spawner ends'): Promise<void> {
    const closed = this.close(reason);
    this.#keeper.killAll(reason);
    return closed;
  }

  async #close(reason: string): Promise<void> {
    await this.#keeper.close(reason);
    // Until then the servers could still say goodbye.
    await this.#door.close();
    this.#journal.tell({ type: 'spawner.ended', reason });
    await this.#journal.close();
    this.#unlock();
    this.#settleEnded();
  }

  #createDoor(warn: (text: string) => void): HttpDoor {
    const [options, keeper, clock] = [this.#options, this.#keeper, this.#clock];
    const gate = createSpawnerGate(options, clock);
    const metrics = new SpawnerMetrics(keeper, this.events);
    const { tls } = options;
    return new HttpDoor({
      clock,
      gate,
      limits: LIMITS,
      describeFailure,
      headers: (request) => gate.corsHeaders(request),
      onUpgrade: createWebSocketProxy({ options, keeper, gate, clock, warn }),
      onProblem: (error) => {
        warn(`a connection failed: ${error.message}`);
      },
      ...(tls === null ? {} : { tls: readCertificate(tls) }),
      routes: () => [
        ...createLivelinessRoutes({
          acceptsPlainIds: !options.livelinessSecret,
          find: (id) => keeper.roster.find(id),
          hear: (spawn, word, isActive) => {
            keeper.hear(spawn, word, isActive);
          },
          log: (line) => {
            this.#log('info', line);
          },
        }),
        ...createSpawnerRoutes({
          options,
          keeper,
          now: () => isoTime(clock),
          shutDown: () => void this.close('asked to shut down'),
          metrics: () => metrics.format(),
        }),
      ],
    });
  }
}

function isResolved(
  options: SpawnerOptions | ResolvedSpawnerOptions,
): options is ResolvedSpawnerOptions {
  return 'suspectMs' in options;
}

function lockSpawner(stateDirectory: string, name: string): () => void {
  try {
    return lockSession(stateDirectory, name);
  } catch (cause) {
    if (!(cause instanceof VigilError) || cause.code !== 'ERR_SESSION_RUNNING') throw cause;
    const text = `another spawner, or a session, uses the state directory ${stateDirectory}: end it first, or choose another --name`;
    throw new VigilError('ERR_SESSION_RUNNING', text, { cause });
  }
}

function readCertificate(tls: NonNullable<ResolvedSpawnerOptions['tls']>): {
  cert: Buffer;
  key: Buffer;
} {
  try {
    return { cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile) };
  } catch (cause) {
    const text = `the certificate cannot be read: ${(cause as Error).message}`;
    throw new VigilError('ERR_SPAWNER_PORT', text, { cause });
  }
}
