import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import type { Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { VigilError } from '../errors.ts';
import type { Clock, Timer } from '../util/clock.ts';
import { createDeferred } from '../util/deferred.ts';
import type { ControlRoute, LineSource } from './control-route.ts';
import type { RequestGate } from './front-gate.ts';
import { createHttpServer, type DescribeFailure, type HttpAdapterOptions } from './hono-adapter.ts';
import { writeLines } from './line-stream.ts';

export interface HttpDoorOptions {
  /** Asked for at the first connection. */
  readonly routes: () => readonly ControlRoute[];
  readonly clock: Clock;
  readonly limits?: Partial<ControlLimits>;
  readonly gate?: RequestGate;
  readonly headers?: NonNullable<HttpAdapterOptions['headers']>;
  readonly describeFailure?: DescribeFailure;
  /** Certificate and key, PEM: it speaks HTTPS. */
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer };
  /** Takes connections that are to speak something else; without it no upgrade is offered. */
  readonly onUpgrade?: UpgradeHandler;
  /** Told of what went wrong apart from any request; nothing has to be done. */
  readonly onProblem?: (error: Error) => void;
}

export type UpgradeHandler = (request: IncomingMessage, socket: Socket, head: Buffer) => void;

export interface ControlLimits {
  /** A connection must have sent its whole request by then, milliseconds. */
  readonly requestDeadlineMs: number;
  /** A client must take some of what waits for it by then, milliseconds. */
  readonly stalledReaderMs: number;
  /** How long `close` waits for answers under way, milliseconds. */
  readonly closeDeadlineMs: number;
  readonly maxBodyBytes: number;
  readonly maxConnections: number;
  /** Connections that follow events; fewer than all, so that an operator always gets through. */
  readonly maxFollowers: number;
  /** What may wait for one slow follower, bytes. */
  readonly maxQueuedBytes: number;
}

const DEFAULT_LIMITS: ControlLimits = {
  requestDeadlineMs: 10_000,
  stalledReaderMs: 10_000,
  closeDeadlineMs: 1_000,
  maxBodyBytes: 1024 * 1024,
  maxConnections: 1_100,
  maxFollowers: 1_000,
  maxQueuedBytes: 256 * 1024,
};

interface Connection {
  readonly deadline: Timer;
  request?: IncomingMessage;
}

/** Open connections, those that follow events, and how many were refused or let go since the start. */
export interface DoorLoad {
  readonly connections: number;
  readonly followers: number;
  readonly dropped: number;
}

/**
 * Serves routes over HTTP to whoever connects, with bounds on what one client and all of them may cost.
 *
 * Until the first connection it is a bare socket; the HTTP library is loaded only then. One request a connection.
 */
export class HttpDoor {
  /** Whoever owns the door makes it listen. */
  readonly server: Server;
  readonly #options: HttpDoorOptions;
  readonly #limits: ControlLimits;
  readonly #connections = new Map<Socket, Connection>();
  /** Below TLS: also those that have not got that far. */
  readonly #raw = new Set<Socket>();
  readonly #following = new Set<AbortController>();
  #http: HttpServer | undefined;
  #closed: Promise<void> | undefined;
  #dropped = 0;

  constructor(options: HttpDoorOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.server = this.#createServer();
    this.server.maxConnections = this.#limits.maxConnections;
    this.server.on('drop', () => this.#dropped++);
  }

  #createServer(): Server {
    const { tls } = this.#options;
    const accept = (socket: Socket): void => {
      this.#accept(socket);
    };
    if (tls === undefined) return createServer({ allowHalfOpen: true }, accept);
    const { createServer: createTlsServer } = require('node:tls') as typeof import('node:tls');
    const handshakeTimeout = this.#limits.requestDeadlineMs;
    const server = createTlsServer(
      { ...tls, handshakeTimeout, ALPNProtocols: ['http/1.1'] },
      accept,
    );
    server.on('connection', (socket: Socket) => {
      this.#raw.add(socket);
      socket.once('close', () => this.#raw.delete(socket));
    });
    return server;
  }

  get load(): DoorLoad {
    return {
      connections: this.#connections.size,
      followers: this.#following.size,
      dropped: this.#dropped,
    };
  }

  /** Stops listening, and lets answers under way go out for a moment. The same promise each time. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    for (const follower of this.#following) follower.abort();
    const ended = createDeferred();
    this.server.close(() => {
      ended.resolve();
    });
    for (const [socket, connection] of this.#connections) {
      if (connection.request === undefined) socket.destroy();
    }
    const deadline = this.#options.clock.setTimer(this.#limits.closeDeadlineMs, () => {
      for (const socket of [...this.#connections.keys(), ...this.#raw]) socket.destroy();
    });
    await ended.promise;
    deadline.cancel();
  }

  #accept(socket: Socket): void {
    const deadline = this.#options.clock.setTimer(this.#limits.requestDeadlineMs, () => {
      if (this.#connections.get(socket)?.request?.complete !== true) socket.destroy();
    });
    deadline.unref();
    this.#connections.set(socket, { deadline });
    socket.on('error', () => undefined); // the client's end; 'close' follows
    socket.once('close', () => {
      deadline.cancel();
      this.#connections.delete(socket);
    });
    try {
      this.#http ??= this.#createHttp();
      this.#http.emit('connection', socket);
    } catch (error) {
      this.#options.onProblem?.(error as Error);
      socket.destroy();
    }
  }

  #createHttp(): HttpServer {
    const { routes, onUpgrade } = this.#options;
    const http = createHttpServer(routes(), {
      ...this.#options,
      maxBodyBytes: this.#limits.maxBodyBytes,
      writeLines: (response, open) => this.#follow(response, open),
    });
    http.timeout = this.#limits.stalledReaderMs;
    // A quiet connection may be waiting for a long command; one that leaves its answer lying is given up.
    http.on('timeout', (socket: Socket) => {
      if (socket.writableLength > 0) socket.destroy();
    });
    http.prependListener('request', (request, response) => {
      response.shouldKeepAlive = false;
      const connection = this.#connections.get(request.socket);
      if (connection !== undefined) connection.request = request;
    });
    if (onUpgrade !== undefined) this.#offerUpgrade(http, onUpgrade);
    return http;
  }

  #offerUpgrade(http: HttpServer, onUpgrade: UpgradeHandler): void {
    http.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      const connection = this.#connections.get(socket);
      if (connection !== undefined) connection.request = request;
      connection?.deadline.cancel();
      socket.setTimeout(0);
      try {
        onUpgrade(request, socket, head);
      } catch (error) {
        this.#options.onProblem?.(error as Error);
        socket.destroy();
      }
    });
  }

  async #follow(
    response: ServerResponse,
    open: (signal: AbortSignal) => LineSource,
  ): Promise<void> {
    if (this.#following.size >= this.#limits.maxFollowers) {
      this.#dropped++;
      throw new VigilError(
        'ERR_CONTROL_BUSY',
        `${this.#following.size} clients read events already; one more is refused`,
      );
    }
    const end = new AbortController();
    this.#following.add(end);
    response.once('close', () => {
      this.#following.delete(end);
      end.abort();
    });
    await writeLines(response, open(end.signal), {
      clock: this.#options.clock,
      maxQueuedBytes: this.#limits.maxQueuedBytes,
      farewellMs: this.#limits.stalledReaderMs,
      onDrop: () => this.#dropped++,
    });
  }
}
