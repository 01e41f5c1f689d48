import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import type { Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { VigilError } from '../errors.ts';
import type { Clock, Timer } from '../util/clock.ts';
import { createDeferred } from '../util/deferred.ts';
import type { ControlPort } from './control-port.ts';
import type { LineSource } from './control-route.ts';
import { createHttpServer } from './hono-adapter.ts';
import { createControlRoutes } from './control-routes.ts';
import { prepareControlSocketPath, resolveControlSocketPath } from './control-socket-path.ts';
import { writeLines } from './line-stream.ts';
import type { SocketBinding } from './socket-binding.ts';
import { bindSocket, isAnswered } from './socket-binding.ts';

export interface ControlServerOptions {
  readonly stateDirectory: string;
  readonly port: ControlPort;
  readonly clock: Clock;
  readonly limits?: Partial<ControlLimits>;
  /** Told of what went wrong apart from any request; nothing has to be done. */
  readonly onProblem?: (error: Error) => void;
}

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

/**
 * Answers the control API of a session on its unix socket, to this user alone.
 *
 * Until the first connection it is a bare socket; the HTTP library is loaded only then. One request a connection.
 */
export class ControlServer {
  readonly #options: ControlServerOptions;
  readonly #limits: ControlLimits;
  readonly #server: Server;
  readonly #connections = new Map<Socket, Connection>();
  readonly #following = new Set<AbortController>();
  #http: HttpServer | undefined;
  #binding: SocketBinding | undefined;
  #closed: Promise<void> | undefined;
  #dropped = 0;

  constructor(options: ControlServerOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      this.#accept(socket);
    });
    this.#server.maxConnections = this.#limits.maxConnections;
    this.#server.on('drop', () => this.#dropped++);
  }

  /** Where it listens; undefined before it does. */
  get path(): string | undefined {
    return this.#binding?.path;
  }

  /** Open connections, those that follow events, and how many were refused or let go since the start. */
  get load(): {
    readonly connections: number;
    readonly followers: number;
    readonly dropped: number;
  } {
    return {
      connections: this.#connections.size,
      followers: this.#following.size,
      dropped: this.#dropped,
    };
  }

  /**
   * Starts to listen; the socket of a monitor that is gone is replaced.
   *
   * @returns the path of the socket
   * @throws ERR_SESSION_RUNNING when another monitor answers there
   * @throws ERR_STATE_DIRECTORY when the socket or its folder cannot be made
   */
  async listen(): Promise<string> {
    const { stateDirectory } = this.#options;
    const former = resolveControlSocketPath(stateDirectory);
    if (await isAnswered(former)) {
      throw new VigilError(
        'ERR_SESSION_RUNNING',
        `another monitor already runs this session; it answers at ${former}`,
      );
    }
    this.#binding = await bindSocket(this.#server, prepareControlSocketPath(stateDirectory));
    this.#server.on('error', (error) => this.#options.onProblem?.(error));
    return this.#binding.path;
  }

  /** Leaves the path to another monitor; whoever is connected is still answered. */
  giveUpPath(): void {
    this.#binding?.release();
    // The file that is there later is another's, even if it has got the same number.
    this.#binding = undefined;
  }

  /** Stops listening, lets answers under way go out for a moment, removes the socket. The same promise each time. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.giveUpPath();
    for (const follower of this.#following) follower.abort();
    const ended = createDeferred();
    this.#server.close(() => {
      ended.resolve();
    });
    for (const [socket, connection] of this.#connections) {
      if (connection.request === undefined) socket.destroy();
    }
    const deadline = this.#options.clock.setTimer(this.#limits.closeDeadlineMs, () => {
      for (const socket of this.#connections.keys()) socket.destroy();
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
    const http = createHttpServer(createControlRoutes(this.#options.port), {
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
    return http;
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
