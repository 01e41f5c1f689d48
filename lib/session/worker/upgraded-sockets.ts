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

/** What a listener for upgrades is told. */
interface Upgrade {
  readonly request: unknown;
  readonly socket: unknown;
  readonly clock: Clock;
}

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

/** Keeps account of a connection that has been upgraded, as long as it is open. @lazy */
export function noteUpgrade(server: Server, { request, socket, clock }: Upgrade): void {
  // The CONNECT of HTTP/2 comes with a response.
  if (!(socket instanceof Duplex)) return;
  const sockets = SOCKETS.get(server) ?? new Set();
  SOCKETS.set(server, sockets);
  const upgraded = new UpgradedSocket(request as IncomingMessage, socket, clock.now());
  sockets.add(upgraded);
  socket.once('close', () => sockets.delete(upgraded));
}

export function upgradedOf(servers: readonly Server[]): UpgradedSocket[] {
  return servers.flatMap((server) => [...(SOCKETS.get(server) ?? [])]);
}

function bytesWritten(socket: Duplex): number | undefined {
  return (socket as { readonly bytesWritten?: number }).bytesWritten;
}

function after(clock: Clock, delayMs: number, callback: () => void): void {
  clock.setTimer(delayMs, callback).unref();
}
