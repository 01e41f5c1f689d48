import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Server } from 'node:net';
import { Duplex } from 'node:stream';
import type { Clock } from '../../util/clock.ts';
import type { OpenRequest } from '../contract.ts';
import { createOpenRequest } from './open-request.ts';

/** A Close frame of a WebSocket server with the code 1001, "going away". */
const GOING_AWAY = Buffer.from([0x88, 0x02, 0x03, 0xe9]);
/** How long a client may take to answer the Close frame, and then to close its connection. */
const ANSWER_MS = 1000;

const SOCKETS = new WeakMap<Server, Set<UpgradedSocket>>();

/** One connection that no longer speaks HTTP: a WebSocket, a tunnel, whatever the two sides have agreed on. */
export class UpgradedSocket {
  readonly #request: IncomingMessage;
  readonly #socket: Duplex;
  readonly #since: number;
  readonly #writtenBefore: number | undefined;
  #isClosing = false;

  constructor(request: IncomingMessage, socket: Duplex, since: number) {
    this.#request = request;
    this.#socket = socket;
    this.#since = since;
    this.#writtenBefore = bytesWritten(socket);
  }

  ageMs(now: number): number {
    return now - this.#since;
  }

  describe(now: number): OpenRequest {
    const { method, url } = this.#request;
    return { ...createOpenRequest({ method, url, ageMs: this.ageMs(now) }), upgraded: true };
  }

  /**
   * Closes it as its protocol does it, as far as that is known. One whose handshake the server has
   * not answered is left alone.
   *
   * WebSocket libraries write each frame whole, in one turn of the event loop, so that what is
   * written in a turn of its own never gets into the middle of one. The connection is not ended along
   * with the Close frame: the server's library gets the client's answer, answers in turn, and ends it.
   */
  close(clock: Clock): void {
    if (this.#isClosing || bytesWritten(this.#socket) === this.#writtenBefore) return;
    this.#isClosing = true;
    const socket = this.#socket;
    // The server may go on writing to it; what fails with that must not count as a crash.
    socket.on('error', () => undefined);
    if (!this.#isWebSocket() || socket.writableEnded) {
      socket.end();
      return;
    }
    socket.write(GOING_AWAY);
    after(clock, ANSWER_MS, () => {
      socket.end();
      after(clock, ANSWER_MS, () => socket.destroy());
    });
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #isWebSocket(): boolean {
    return this.#request.headers.upgrade?.toLowerCase() === 'websocket';
  }
}

/** Keeps account of the upgraded connections of a server: Node hands them over and forgets them. */
export function watchUpgrades(server: Server, clock: Clock): void {
  const sockets = new Set<UpgradedSocket>();
  SOCKETS.set(server, sockets);
  const note = (request: unknown, socket: unknown): void => {
    // The CONNECT of HTTP/2 comes with a response.
    if (!(socket instanceof Duplex)) return;
    const upgraded = new UpgradedSocket(request as IncomingMessage, socket, clock.now());
    sockets.add(upgraded);
    socket.once('close', () => sockets.delete(upgraded));
  };
  listenBeside(server, 'upgrade', note);
  listenBeside(server, 'connect', note);
}

export function upgradedOf(servers: readonly Server[]): UpgradedSocket[] {
  return servers.flatMap((server) => [...(SOCKETS.get(server) ?? [])]);
}

/** Listens only while the server does too: without a listener Node answers such requests in its own way. */
function listenBeside(
  server: EventEmitter,
  event: string,
  listener: (request: unknown, socket: unknown) => void,
): void {
  const join = (): void => {
    if (!server.listeners(event).includes(listener)) server.prependListener(event, listener);
  };
  if (server.listenerCount(event) > 0) join();
  server.on('newListener', (added: string | symbol, other: unknown) => {
    if (added === event && other !== listener) join();
  });
  server.on('removeListener', (removed: string | symbol, other: unknown) => {
    if (removed !== event || other === listener) return;
    if (server.listeners(event).every((one) => one === listener)) server.off(event, listener);
  });
}

function bytesWritten(socket: Duplex): number | undefined {
  return (socket as { readonly bytesWritten?: number }).bytesWritten;
}

function after(clock: Clock, delayMs: number, callback: () => void): void {
  clock.setTimer(delayMs, callback).unref();
}
