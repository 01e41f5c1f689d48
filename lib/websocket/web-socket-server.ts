import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock, Timer } from '../util/clock.ts';
import { createDeferred, type Deferred } from '../util/deferred.ts';
import { sendTogether } from './send-together.ts';
import { type RawWebSocket, WebSocketConnection } from './web-socket-connection.ts';

export interface WebSocketOptions {
  readonly clock: Clock;
  /** The one that is chosen when a client offers several; without it a client that offers any is answered without. */
  readonly protocol?: string;
  /** What is sent to a client in one turn of the event loop goes out together; default false. */
  readonly sendsTogether?: boolean;
  readonly limits?: Partial<WebSocketLimits>;
}

export interface WebSocketLimits {
  readonly maxConnections: number;
  /** A longer message ends the connection with code 1009. */
  readonly maxMessageBytes: number;
  /** What may wait to be sent on one connection. */
  readonly maxQueuedBytes: number;
  /** A connection that has not answered a ping by the next one is given up, milliseconds. */
  readonly pingIntervalMs: number;
  /** How long `close` waits for the other ends, milliseconds. */
  readonly closeDeadlineMs: number;
}

const DEFAULT_LIMITS: WebSocketLimits = {
  maxConnections: 1000,
  maxMessageBytes: 64 * 1024,
  maxQueuedBytes: 256 * 1024,
  pingIntervalMs: 15_000,
  closeDeadlineMs: 1000,
};

/** Going away: the server ends. */
const GOING_AWAY = 1001;
const BUSY = 'HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

/**
 * Takes WebSocket connections over from an HTTP server that has had them ask for an upgrade.
 * The library is loaded with the first of them. Whether a client may come in is decided before.
 */
export class WebSocketServer {
  readonly #options: WebSocketOptions;
  readonly #limits: WebSocketLimits;
  readonly #connections = new Set<WebSocketConnection>();
  #library: import('ws').WebSocketServer | null = null;
  #pinging: Timer | null = null;
  #closing: Deferred | null = null;
  #refused = 0;

  constructor(options: WebSocketOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
  }

  get size(): number {
    return this.#connections.size;
  }

  /** Connections that were refused because there were too many, or the server is closing. */
  get refused(): number {
    return this.#refused;
  }

  /** Answers the upgrade. A request that is no proper handshake is answered with an error, and `open` not called. */
  accept(
    [request, socket, head]: readonly [IncomingMessage, Duplex, Buffer],
    open: (connection: WebSocketConnection) => void,
  ): void {
    if (this.#closing !== null || this.#connections.size >= this.#limits.maxConnections) {
      this.#refused += 1;
      socket.on('error', () => undefined);
      socket.end(BUSY, () => socket.destroy());
      return;
    }
    this.#library ??= this.#load();
    this.#library.handleUpgrade(request, socket, head, (raw) => {
      open(this.#add(this.#options.sendsTogether === true ? sendTogether(raw, socket) : raw));
    });
  }

  /** Sends everybody away with code 1001, and resolves when they are gone. The same promise each time. */
  close(): Promise<void> {
    if (this.#closing !== null) return this.#closing.promise;
    this.#closing = createDeferred();
    for (const connection of this.#connections) connection.close(GOING_AWAY, 'the server ends');
    const deadline = this.#options.clock.setTimer(this.#limits.closeDeadlineMs, () => {
      for (const connection of this.#connections) connection.terminate();
    });
    if (this.#connections.size === 0) this.#closing.resolve();
    return this.#closing.promise.then(() => {
      deadline.cancel();
      this.#library?.close();
    });
  }

  /** Ends all connections at once. */
  terminate(): void {
    for (const connection of this.#connections) connection.terminate();
  }

  #add(raw: RawWebSocket): WebSocketConnection {
    const connection = new WebSocketConnection(raw, this.#limits.maxQueuedBytes);
    this.#connections.add(connection);
    raw.on('close', () => {
      this.#connections.delete(connection);
      if (this.#connections.size > 0) return;
      this.#pinging?.cancel();
      this.#pinging = null;
      this.#closing?.resolve();
    });
    this.#pinging ??= this.#armPing();
    return connection;
  }

  #armPing(): Timer {
    const timer = this.#options.clock.setTimer(this.#limits.pingIntervalMs, () => {
      for (const connection of this.#connections) connection.checkAlive();
      this.#pinging = this.#armPing();
    });
    timer.unref();
    return timer;
  }

  #load(): import('ws').WebSocketServer {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded on first use
    const { WebSocketServer: Library } = require('ws') as typeof import('ws');
    const { protocol } = this.#options;
    return new Library({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      autoPong: false,
      maxPayload: this.#limits.maxMessageBytes,
      handleProtocols: (offered) =>
        protocol !== undefined && offered.has(protocol) ? protocol : false,
    });
  }
}

const HANDSHAKE_MS = 10_000;

/** Connects to a server, as a client. */
export function openWebSocket(
  url: string,
  headers: Readonly<Record<string, string>>,
): import('ws').WebSocket {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded on first use
  const { WebSocket } = require('ws') as typeof import('ws');
  return new WebSocket(url, { headers: { ...headers }, handshakeTimeout: HANDSHAKE_MS });
}
