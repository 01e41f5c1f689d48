import { errorMonitor, type EventEmitter } from 'node:events';
import { Server } from 'node:net';
import type { ListenerInfo } from '../contract.ts';
import type { KeepAlive } from './keep-alive.ts';
import type { Clock } from '../../util/clock.ts';
import { isHttp2 } from './is-http2.ts';
import { watchUpgrades } from './watch-upgrades.ts';

// The monitor of errors hears of them without counting as somebody who handles them.
const SETTLING = ['listening', errorMonitor, 'close'] as const;

export type Protocol = ListenerInfo['protocol'];

/** A listening server of the user's, of whatever kind. */
export interface WatchedListener {
  readonly server: Server;
  readonly port: number | null;
  readonly path: string | null;
  readonly protocol: Protocol;
}

/** Knows every server that listens in this process, by watching `listen` itself. */
export class ListenerWatch {
  readonly #listeners = new Map<Server, WatchedListener>();
  readonly #onListening: (listener: WatchedListener) => void;
  readonly #watched = new WeakSet<Server>();
  readonly #clock: Clock;
  readonly #keepAlive: KeepAlive;

  constructor(
    clock: Clock,
    keepAlive: KeepAlive,
    onListening: (listener: WatchedListener) => void,
  ) {
    this.#clock = clock;
    this.#keepAlive = keepAlive;
    this.#onListening = onListening;
  }

  /** Everything that has listened and was not closed by the server itself since. */
  get listeners(): readonly WatchedListener[] {
    return [...this.#listeners.values()];
  }

  /** Begins to watch; to be called before the user's code runs. */
  install(): void {
    const { prototype } = Server;
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own `this` below
    const listen = prototype.listen as (...args: unknown[]) => Server;
    const onListen = (server: Server): void => {
      this.#watch(server);
    };
    prototype.listen = function (this: Server, ...args: unknown[]): Server {
      onListen(this);
      return listen.apply(this, args);
    };
  }

  #watch(server: Server): void {
    this.#keepAliveUntilSettled(server);
    // It may be called more than once for one server: after an error, or to listen again.
    if (this.#watched.has(server)) return;
    this.#watched.add(server);
    this.#watchSessions(server);
    watchUpgrades(server, this.#clock);
    server.on('listening', () => {
      const listener = describe(server);
      this.#listeners.set(server, listener);
      server.once('close', () => {
        this.#listeners.delete(server);
      });
      this.#onListening(listener);
    });
  }

  #watchSessions(server: Server): void {
    if (!isHttp2(server)) return;
    const { watchSessions } = require('./http2-sessions') as typeof import('./http2-sessions.ts');
    watchSessions(server, this.#clock);
  }

  /** The cluster primary is asked for the address: until it answers, only the channel keeps the process alive. */
  #keepAliveUntilSettled(server: EventEmitter): void {
    this.#keepAlive.hold();
    const settle = (): void => {
      for (const event of SETTLING) server.off(event, settle);
      this.#keepAlive.release();
    };
    for (const event of SETTLING) server.on(event, settle);
  }
}

function describe(server: Server): WatchedListener {
  const address = server.address();
  return {
    server,
    port: typeof address === 'object' ? (address?.port ?? null) : null,
    path: typeof address === 'string' ? address : null,
    // Asked at each use: a server may get its request listener after it has begun to listen.
    get protocol() {
      return protocolOf(server);
    },
  };
}

function protocolOf(server: Server): Protocol {
  if (server.listenerCount('request') === 0 && server.listenerCount('stream') === 0) return 'other';
  return 'setSecureContext' in server ? 'https' : 'http';
}
