import { VigilError } from '../errors.ts';
import { listenAt, reachableHost } from '../http/listen-at.ts';
import { HttpDoor, type UpgradeHandler } from '../http/http-door.ts';
import { sendRawRefusal } from '../http/refusal.ts';
import type { TokenGate } from '../http/token-gate.ts';
import type { LwesJournalWriter } from '../lwes/journal-writer.ts';
import { type Clock, isoTime, systemClock } from '../util/clock.ts';
import { EventStream } from '../util/event-stream.ts';
import { WebSocketServer } from '../websocket/web-socket-server.ts';
import { ChannelRoster } from './channel-roster.ts';
import { type ResolvedStreamOptions, resolveStreamOptions } from './resolve-stream-options.ts';
import { SocketClient } from './socket-client.ts';
import type { SseClient } from './sse-client.ts';
import { StreamDesk } from './stream-desk.ts';
import type { StreamEvent, StreamEventBody } from './stream-event.ts';
import { createStreamGate } from './stream-gate.ts';
import type { StreamOptions } from './stream-options.ts';
import { createStreamRoutes } from './stream-routes.ts';
import { type ChannelView, viewChannel } from './stream-status.ts';

/** Where a stream server and its surroundings meet. */
export interface StreamSurroundings {
  /** Takes what the server has to warn of, one line at a time; default: nobody. */
  readonly warn?: (line: string) => void;
  /** Default that of the system. */
  readonly clock?: Clock;
}

const SOCKET_PATH = '/websocket/lwes';
const CONFIG_BYTES = 1024 * 1024;
const CLOSE_DEADLINE_MS = 3000;
/** For those who ask how it is while all clients are there. */
const SPARE_CONNECTIONS = 100;

/**
 * Serves LWES events over WebSockets: each client names a channel and what it wants of its events, and gets that in
 * batches. A channel is listened to while somebody wants it, and each event is written once for all who want the same.
 *
 * @see docs/reference/stream.md - protocol, configuration of clients, HTTP API
 * @example
 * const server = new StreamServer({ port: 8887, allowedChannels: ['224.0.0.69:9191'] });
 * await server.start();
 */
export class StreamServer {
  /** What happens, from now on and lately. */
  readonly events: EventStream<StreamEvent>;
  /** Settles when the server has ended. */
  readonly ended: Promise<void>;
  readonly #options: ResolvedStreamOptions;
  readonly #clock: Clock;
  readonly #warn: (line: string) => void;
  readonly #roster: ChannelRoster;
  readonly #desk: StreamDesk;
  readonly #sockets: WebSocketServer;
  readonly #sseClients = new Set<SseClient>();
  readonly #door: HttpDoor;
  #journal: LwesJournalWriter | null = null;
  #seq = 0;
  #settleEnded: () => void = () => undefined;
  #closed: Promise<void> | null = null;

  /**
   * Makes a server that does not listen yet.
   *
   * @throws ERR_ARGUMENT when an option does not fit
   */
  constructor(options: StreamOptions = {}, surroundings: StreamSurroundings = {}) {
    this.#options = resolveStreamOptions(options);
    this.#clock = surroundings.clock ?? systemClock;
    this.#warn = surroundings.warn ?? (() => undefined);
    this.events = new EventStream(this.#warnOf);
    this.#roster = this.#createRoster();
    this.#desk = new StreamDesk({
      options: this.#options,
      roster: this.#roster,
      tell: this.#tell,
    });
    this.#sockets = new WebSocketServer({
      clock: this.#clock,
      limits: {
        maxConnections: this.#options.maxClients,
        maxMessageBytes: CONFIG_BYTES,
        pingIntervalMs: this.#options.pingIntervalMs,
        closeDeadlineMs: CLOSE_DEADLINE_MS,
      },
    });
    this.#door = this.#createDoor();
    this.ended = new Promise((resolve) => {
      this.#settleEnded = resolve;
    });
  }

  /** The channels that are open, and who wants what of them. */
  get channels(): readonly ChannelView[] {
    return this.#roster.channels.map(viewChannel);
  }

  /**
   * Listens.
   *
   * @throws ERR_STREAM_PORT when the port cannot be had
   * @throws ERR_LWES_JOURNAL when the journal cannot be made
   */
  async start(): Promise<{ readonly url: string; readonly port: number }> {
    const { port: wanted, host, journal } = this.#options;
    if (journal !== null) await this.#openJournal(journal);
    try {
      const port = await listenAt(this.#door.server, host, wanted);
      if (this.#closed !== null) throw new Error('it was asked to end meanwhile');
      return { url: `ws://${reachableHost(host)}:${String(port)}${SOCKET_PATH}`, port };
    } catch (cause) {
      await this.close();
      const text = `the stream server cannot listen on port ${String(wanted)} of ${host}: ${(cause as Error).message}`;
      throw new VigilError('ERR_STREAM_PORT', text, { cause });
    }
  }

  /** Sends everybody what waits for them, then ends. Settles when no socket is left; the same promise each time. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** Ends without waiting for anybody. */
  kill(): Promise<void> {
    const closed = this.close();
    this.#sockets.terminate();
    return closed;
  }

  async #close(): Promise<void> {
    // What the kernel has for us already still reaches its clients.
    await this.#roster.finish();
    this.#desk.endAll();
    for (const client of this.#sseClients) client.finish();
    await Promise.all([this.#sockets.close(), this.#door.close()]);
    await this.#roster.close();
    await this.#closeJournal();
    this.#settleEnded();
  }

  async #openJournal(options: NonNullable<ResolvedStreamOptions['journal']>): Promise<void> {
    const { LwesJournalWriter: Writer } =
      require('../lwes/journal-writer') as typeof import('../lwes/journal-writer.ts');
    this.#journal = await Writer.open(options, { clock: this.#clock, onTrouble: this.#warnOf });
  }

  async #closeJournal(): Promise<void> {
    await this.#journal?.close();
    const { lost, written } = this.#journal?.stats ?? { lost: 0, written: 0 };
    if (lost > 0) this.#warn(`journal: ${written} datagrams written, ${lost} lost`);
  }

  #createRoster(): ChannelRoster {
    const { ringEvents, lingerMs, maxChannels, allowedChannels, journal } = this.#options;
    return new ChannelRoster({
      clock: this.#clock,
      ringEvents,
      lingerMs,
      maxChannels,
      allowedChannels,
      interface: this.#options.interface,
      tell: this.#tell,
      onTrouble: this.#warnOf,
      ...(journal === null ? {} : { onDatagram: (datagram) => this.#journal?.write(datagram) }),
    });
  }

  #createDoor(): HttpDoor {
    const gate = createStreamGate(this.#options, this.#clock);
    const { maxClients } = this.#options;
    return new HttpDoor({
      clock: this.#clock,
      gate,
      limits: {
        maxConnections: maxClients + SPARE_CONNECTIONS,
        closeDeadlineMs: CLOSE_DEADLINE_MS,
      },
      headers: (request) => gate.corsHeaders(request),
      onUpgrade: this.#createUpgrade(gate),
      onProblem: this.#warnOf,
      routes: () =>
        createStreamRoutes({
          desk: this.#desk,
          figures: () => ({
            roster: this.#roster,
            desk: this.#desk,
            refused: this.#sockets.refused,
            journal: this.#journal?.stats ?? null,
          }),
          channels: () => this.channels,
          isClosing: () => this.#closed !== null,
          sseClients: this.#sseClients,
          maxClients,
        }),
    });
  }

  #createUpgrade(gate: TokenGate): UpgradeHandler {
    return (request, socket, head) => {
      const isOurs = /^\/websocket\/lwes(?:\?|$)/.test(request.url ?? '');
      const refusal =
        gate.inspect(request) ?? gate.authorizeUpgrade(request) ?? (isOurs ? null : NOT_FOUND);
      if (refusal !== null) {
        sendRawRefusal(socket, refusal);
        return;
      }
      this.#sockets.accept([request, socket, head], (connection) => {
        new SocketClient(connection, this.#desk, this.#warnOf);
      });
    };
  }

  readonly #tell = (body: StreamEventBody): void => {
    this.#seq += 1;
    const { type, ...fields } = body;
    const stamp = { at: isoTime(this.#clock), seq: this.#seq };
    this.events.publish({ type, ...stamp, ...fields } as StreamEvent);
  };

  readonly #warnOf = (error: unknown): void => {
    this.#warn(error instanceof Error ? error.message : String(error));
  };
}

const NOT_FOUND = {
  status: 404,
  code: 'ERR_CONTROL_REQUEST',
  message: `WebSockets are served at ${SOCKET_PATH}`,
} as const;
