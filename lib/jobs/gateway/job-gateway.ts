import { join } from 'node:path';
import { VigilError } from '../../errors.ts';
import { listenAt, reachableHost } from '../../http/listen-at.ts';
import { HttpDoor, type UpgradeHandler } from '../../http/http-door.ts';
import { type Refusal, sendRawRefusal } from '../../http/refusal.ts';
import { createPageRoutes } from '../../http/page-routes.ts';
import { createTokenGate, type TokenGate } from '../../http/token-gate.ts';
import { type Clock, isoTime, systemClock, waitFor } from '../../util/clock.ts';
import type { EventStream } from '../../util/event-stream.ts';
import { WebSocketServer } from '../../websocket/web-socket-server.ts';
import type { Broker } from '../broker.ts';
import { createDeadRoutes } from '../dead-routes.ts';
import { loadJobsOptions } from '../load-jobs-options.ts';
import type { JobsOptions } from '../jobs-options.ts';
import type { ResolvedJobsOptions } from '../resolve-jobs-options.ts';
import { askAuthenticate, type Authenticate } from './authenticate.ts';
import { readClientScript } from './client-script.ts';
import { GatewayDesk } from './gateway-desk.ts';
import { type GatewayFigures, formatGatewayMetrics } from './gateway-metrics.ts';
import { createGatewayRoutes } from './gateway-routes.ts';
import type { JobEvent } from './job-event.ts';
import { addHop, type JobHistory } from './job-history.ts';
import type { PoolView } from './jobs-overview.ts';
import { JobsWatch } from './jobs-watch.ts';

/** Where a gateway and its surroundings meet. */
export interface JobGatewaySurroundings {
  /** What keeps the jobs. Whoever opened it closes it, after the gateway. */
  readonly broker: Broker;
  /** Decides about each client, beside the token; default: everybody comes in. */
  readonly authenticate?: Authenticate;
  /** The workers of this process, for the page; default: they are elsewhere. */
  readonly pool?: () => PoolView;
  /** Takes what the gateway has to say of itself, a line at a time; default: nobody. */
  readonly warn?: (line: string) => void;
  /** Default that of the system. */
  readonly clock?: Clock;
}

const SOCKET_PATH = '/jobs';
/** Where the build puts the page. */
const PAGE = join(__dirname, '../../dashboard/jobs-page');
/** For health, metrics and the like, beside the clients. */
const SPARE_CONNECTIONS = 100;
const MAX_QUEUED_BYTES = 1024 * 1024;
const DRAIN_STEP_MS = 20;

/**
 * Takes jobs from clients over WebSockets to a broker, and what comes of each back to the client that sent it.
 *
 * Several gateways may use one broker: a client whose gateway is gone goes on at another, with all its jobs.
 *
 * @see docs/reference/jobs.md - protocol, options, HTTP routes
 */
export class JobGateway {
  /** What happens, from now on and lately. */
  readonly events: EventStream<JobEvent>;
  /** Settles when the gateway has ended. */
  readonly ended: Promise<void>;
  readonly #options: ResolvedJobsOptions;
  readonly #surroundings: JobGatewaySurroundings;
  readonly #clock: Clock;
  readonly #warn: (line: string) => void;
  readonly #desk: GatewayDesk;
  readonly #sockets: WebSocketServer;
  readonly #door: HttpDoor;
  #settleEnded: () => void = () => undefined;
  #closed: Promise<void> | null = null;
  readonly #hurry = new AbortController();

  /**
   * Makes a gateway that does not listen yet.
   *
   * @param options - as in `jobs.config.json`; those of workers are not looked at
   * @throws ERR_CONFIG_INVALID
   */
  constructor(options: JobsOptions | ResolvedJobsOptions, surroundings: JobGatewaySurroundings) {
    this.#options = isResolved(options)
      ? options
      : loadJobsOptions({ cwd: process.cwd(), config: options });
    this.#surroundings = surroundings;
    this.#clock = surroundings.clock ?? systemClock;
    this.#warn = surroundings.warn ?? (() => undefined);
    const [clock, warn] = [this.#clock, this.#warn];
    this.#desk = new GatewayDesk({
      ...{ broker: surroundings.broker, clock, warn, options: this.#options },
      isClosing: () => this.#closed !== null,
    });
    this.events = this.#desk.events;
    const { maxClients, maxFrameBytes } = this.#options;
    this.#sockets = new WebSocketServer({
      clock,
      sendsTogether: true,
      limits: {
        maxConnections: maxClients,
        maxMessageBytes: maxFrameBytes,
        maxQueuedBytes: MAX_QUEUED_BYTES,
      },
    });
    this.#door = this.#createDoor();
    this.ended = new Promise((resolve) => {
      this.#settleEnded = resolve;
    });
  }

  /** How it stands, and what it has counted. */
  get figures(): GatewayFigures {
    const { sessions, jobs, window, driver, notes, histories, room } = this.#desk;
    return {
      ...{ clients: this.#sockets.size, sessions: sessions.size, open: jobs.countOpen() },
      ...{ waiting: window.waiting, publishing: window.running, kept: sessions.kept },
      brokerState: this.#surroundings.broker.state,
      ...{ ...driver.counts, dropped: sessions.dropped, strays: room.strays },
      ...{ refusedConnections: this.#sockets.refused, notesLost: notes.lost },
      historiesForgotten: histories.forgotten,
    };
  }

  /** What is known of a job and its way: of none, of one, or of those of several clients with the same id. */
  explain(id: string): readonly JobHistory[] {
    return this.#desk.histories.find(id);
  }

  /**
   * Adds to what `explain` tells of a job what became of a worker that had it. Of a job it does not know it takes none.
   *
   * @param key - `clientId/id`
   */
  noteWorker(key: string, detail: string): void {
    const history = this.#desk.histories.get(key);
    if (history !== undefined) addHop(history, { at: isoTime(this.#clock), hop: 'worker', detail });
  }

  /**
   * Listens. It may be called before the broker has been reached: clients are told that it is away.
   *
   * @throws ERR_JOBS_PORT when the port cannot be had
   */
  async start(): Promise<{ readonly url: string; readonly port: number }> {
    const { port: wanted, host } = this.#options;
    try {
      const port = await listenAt(this.#door.server, host, wanted);
      if (this.#closed !== null) throw new Error('it was asked to end meanwhile');
      await this.#desk.start();
      const url = `ws://${reachableHost(host)}:${String(port)}${SOCKET_PATH}`;
      this.#desk.tell({ type: 'gateway.started', id: this.#desk.id, url });
      return { url, port };
    } catch (cause) {
      await this.kill();
      const text = `the gateway cannot listen on port ${String(wanted)} of ${host}: ${(cause as Error).message}`;
      throw new VigilError('ERR_JOBS_PORT', text, { cause });
    }
  }

  /**
   * Takes no more jobs, waits for those that are open for as long as `drainSeconds` says, and sends everybody away with
   * code 1001. What is open then is found by the gateway that the clients go to. The same promise each time.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** Ends without waiting for jobs. */
  kill(): Promise<void> {
    this.#hurry.abort();
    return this.close();
  }

  async #close(): Promise<void> {
    await this.#drain();
    await Promise.all([this.#sockets.close(), this.#door.close()]);
    await this.#desk.close();
    this.#desk.tell({ type: 'gateway.ended', id: this.#desk.id });
    this.#settleEnded();
  }

  async #drain(): Promise<void> {
    const until = this.#clock.now() + this.#options.drainMs;
    const { signal } = this.#hurry;
    while (this.#desk.jobs.countOpen() > 0 && this.#clock.now() < until && !signal.aborted)
      await waitFor(this.#clock, DRAIN_STEP_MS, signal);
  }

  #createDoor(): HttpDoor {
    const { host, token, allowedOrigins, maxClients } = this.#options;
    const clock = this.#clock;
    const gate = createTokenGate({
      ...{ host, token, allowedOrigins, clock, publicHostname: null },
      takesTokenInQuery: true,
      realm: 'vigil jobs',
    });
    const { broker, pool = null } = this.#surroundings;
    const { jobs, histories } = this.#desk;
    const figures = (): GatewayFigures => this.figures;
    const watch = new JobsWatch({ clock, broker, jobs, histories, figures, pool });
    return new HttpDoor({
      ...{ clock, gate },
      limits: { maxConnections: maxClients + SPARE_CONNECTIONS },
      headers: (request) => gate.corsHeaders(request),
      onUpgrade: this.#createUpgrade(gate),
      onProblem: (error) => {
        this.#warn(`a connection failed: ${error.message}`);
      },
      routes: () => [
        ...createDeadRoutes(this.#surroundings.broker),
        ...createGatewayRoutes({
          isClosing: () => this.#closed !== null,
          brokerState: () => this.#surroundings.broker.state,
          metrics: () => formatGatewayMetrics(this.figures),
          find: (id) => this.explain(id),
          latest: (count) => this.#desk.histories.latest(count),
          dead: this.#surroundings.broker.dead,
          clientScript: readClientScript,
          overview: () => watch.read(),
        }),
        ...createPageRoutes(PAGE),
      ],
    });
  }

  #createUpgrade(gate: TokenGate): UpgradeHandler {
    const { authenticate = () => true } = this.#surroundings;
    return (request, socket, head) => {
      const refusal =
        gate.inspect(request) ?? gate.authorizeUpgrade(request) ?? this.#look(request);
      if (refusal !== null) {
        sendRawRefusal(socket, refusal);
        return;
      }
      const address = request.socket.remoteAddress ?? '';
      void askAuthenticate(authenticate, request).then((weight) => {
        if (socket.destroyed) return;
        if (weight === null) sendRawRefusal(socket, NOT_GRANTED);
        else
          this.#sockets.accept([request, socket, head], (connection) => {
            this.#desk.welcome(connection, { weight, address });
          });
      });
    };
  }

  #look({ url = '' }: { readonly url?: string | undefined }): Refusal | null {
    if (this.#closed !== null) return ENDING;
    return /^\/jobs(?:\?|$)/.test(url) ? null : NOT_FOUND;
  }
}

const NOT_FOUND: Refusal = {
  status: 404,
  code: 'ERR_CONTROL_REQUEST',
  message: `WebSockets are served at ${SOCKET_PATH}`,
};
const NOT_GRANTED: Refusal = {
  status: 401,
  code: 'ERR_CONTROL_KEY',
  message: 'this client is not let in',
};
const ENDING: Refusal = {
  status: 503,
  code: 'ERR_CONTROL_BUSY',
  message: 'the gateway is ending',
};

function isResolved(options: JobsOptions | ResolvedJobsOptions): options is ResolvedJobsOptions {
  return 'resultTtlMs' in options;
}
