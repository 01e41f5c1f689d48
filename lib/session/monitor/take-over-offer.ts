import { createServer, type Server, type Socket } from 'node:net';
import { VigilError } from '../../errors.ts';
import { besideControlSocketPath } from '../../http/control-socket-path.ts';
import type { TakeOverPort } from '../../http/control-port.ts';
import { bindSocket } from '../../http/socket-binding.ts';
import type { SocketQuery } from '../../process/listener/bind-socket.ts';
import type { TakenSocket } from '../../process/listener/handed-socket.ts';
import type { HeldSockets } from '../../process/listener/held-sockets.ts';
import { canSendSockets, sendSockets } from '../../process/listener/send-sockets.ts';
import { isSocketQuery } from '../../process/listener/socket-messages.ts';
import type { Clock } from '../../util/clock.ts';
import type { OperatedSession } from './operated-session.ts';
import { handLockTo, identifyHolder, isAlive, type LockHolder } from './session-lock.ts';
import type { TakeOverOffer } from './take-over-begin.ts';

/** How long the new monitor may take to fetch the sockets. */
const FETCH_MS = 15_000;

/**
 * The old monitor's part of a take-over: it gives duplicates of its listening sockets away and goes on
 * as before, until the new monitor says that its server is ready. Then it drains its own and ends.
 */
export class SocketOffer implements TakeOverPort {
  readonly #session: OperatedSession;
  readonly #clock: Clock;
  #successor: LockHolder | null = null;

  constructor(session: OperatedSession, clock: Clock) {
    this.#session = session;
    this.#clock = clock;
  }

  /** @throws ERR_TAKE_OVER_REFUSED, ERR_SESSION_ENDED */
  async offer(pid: number): Promise<TakeOverOffer> {
    const held = this.#requireHeld();
    this.#requireNoOther(pid);
    const sockets = held.sockets.map(({ handle, query, speaksHttp, offer }): TakenSocket => ({
      handle,
      query,
      speaksHttp,
      isForeign: offer !== null,
    }));
    if (!canSendSockets(sockets))
      throw refuse('on this system a listening socket cannot be passed on');
    this.#successor = identifyHolder(pid);
    const path = await this.#openDoor(sockets);
    const watchdogMs = this.#session.services.serviceManager?.watchdogMs ?? null;
    return { path, sockets: sockets.length, watchdogMs };
  }

  /** @throws ERR_TAKE_OVER_REFUSED, ERR_SESSION_ENDED */
  async conclude(pid: number, queries: readonly unknown[]): Promise<{ readonly ending: true }> {
    const held = this.#requireHeld();
    const successor = this.#successor;
    if (successor?.pid !== pid) throw refuse('the sockets were not offered to this process');
    if (!isAlive(successor)) throw refuse('the process that asked for it is gone');
    handLockTo(this.#session.live.current.stateDirectory, successor);
    held.letGo(queries.filter((query): query is SocketQuery => isSocketQuery(query)));
    this.#session.services.doors.giveUp();
    setImmediate(() => void this.#endFor(pid));
    return Promise.resolve({ ending: true });
  }

  async #endFor(pid: number): Promise<void> {
    // Else the end of this process would be taken for the end of the service.
    await this.#session.services.serviceManager?.handOver(pid);
    const reason = `replaced by the monitor with pid ${String(pid)}`;
    this.#session.end({ reason, graceful: true, exitCode: 0 });
  }

  #requireHeld(): HeldSockets {
    const { held, slot } = this.#session.supervisor;
    if (slot.state === 'stopping' || slot.state === 'stopped')
      throw new VigilError('ERR_SESSION_ENDED', 'the session is ending');
    if (held === null) throw refuse('it does not hold its listening sockets (socket.hold)');
    return held;
  }

  #requireNoOther(pid: number): void {
    const other = this.#successor;
    if (other !== null && other.pid !== pid && isAlive(other))
      throw refuse(`the monitor with pid ${String(other.pid)} is taking it over already`);
  }

  /** Waits at a path of its own, open to this user alone, for one connection. */
  async #openDoor(sockets: readonly TakenSocket[]): Promise<string> {
    const server: Server = createServer({ pauseOnConnect: true });
    const path = besideControlSocketPath(this.#session.live.current.stateDirectory);
    const binding = await bindSocket(server, path);
    const close = (): void => {
      timer.cancel();
      binding.release();
      server.close();
    };
    const timer = this.#clock.setTimer(FETCH_MS, close);
    timer.unref();
    server.on('error', () => undefined);
    server.once('connection', (connection: Socket) => {
      close();
      connection.on('error', () => undefined);
      sendSockets(connection, sockets);
    });
    return path;
  }
}

function refuse(reason: string): VigilError {
  return new VigilError('ERR_TAKE_OVER_REFUSED', reason);
}
