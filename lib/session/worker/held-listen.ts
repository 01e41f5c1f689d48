import { Server } from 'node:net';
import type { SocketHandle, SocketQuery } from '../../process/listener/bind-socket.ts';
import { parseSocketMessage, SOCKET_MARK } from '../../process/listener/socket-messages.ts';
import type { KeepAlive } from './keep-alive.ts';
import type { ProcessEvents } from './process-events.ts';

export interface HeldListenOptions {
  readonly events: ProcessEvents;
  readonly keepAlive: KeepAlive;
  /** Accept nothing until `promote`: another process still serves. */
  readonly withhold: boolean;
  /** Whether this process closes its servers because it ends; the socket then is for its successor. */
  readonly isEnding: () => boolean;
  /** Plain HTTP: what the monitor can answer while there is no server. */
  readonly speaksHttp: (server: Server) => boolean;
}

type Answer = (errno: number, handle: SocketHandle | null) => void;

/** What of Node's cluster and net modules is replaced; all of it is looked for before it is touched. */
interface ClusterInternals {
  readonly isWorker: boolean;
  _getServer?: (server: Server, query: ListenQuery, done: Answer) => void;
}

interface ServerInternals {
  _handle: SocketHandle | null;
  _listeningId: number;
  _listen2?: (this: ServerInternals & Server, ...args: ListenArguments) => void;
}

interface ListenQuery {
  readonly address: string | null;
  readonly port: number;
  readonly addressType: number | string;
  readonly fd?: number;
  readonly flags?: number;
}

type ListenArguments = [
  address: string | null,
  port: number,
  addressType: number,
  backlog: number | undefined,
  fd: number | undefined,
  flags: number | undefined,
];

/** Whether connections are accepted; while they are not, the first server that listens keeps the process alive. */
type Stage = 'accepts' | 'withholds' | 'withholdsAlive';

/** Makes the servers of this process listen on sockets that the monitor owns. */
export class HeldListen {
  readonly #options: HeldListenOptions;
  readonly #waiting = new Map<number, Answer>();
  readonly #inUse = new Set<string>();
  readonly #closed = new Map<string, SocketQuery>();
  readonly #withheld: (() => void)[] = [];
  #stage: Stage;
  #asked = 0;

  constructor(options: HeldListenOptions) {
    this.#options = options;
    this.#stage = options.withhold ? 'withholds' : 'accepts';
  }

  /** Changes nothing when this Node does not have what it takes, and tells the monitor. */
  install(): void {
    const cluster = require('node:cluster') as unknown as ClusterInternals;
    const installed = cluster.isWorker ? this.#replaceGetServer(cluster) : this.#replaceListen();
    if (installed) this.#options.events.intercept('message', this.#receive);
    else process.send?.({ mark: SOCKET_MARK, cannotHold: true });
  }

  /** From now on connections are accepted. */
  promote(): void {
    const stage = this.#stage;
    this.#stage = 'accepts';
    for (const listen of this.#withheld.splice(0)) listen();
    if (stage === 'withholdsAlive') this.#options.keepAlive.release();
  }

  #replaceGetServer(cluster: ClusterInternals): boolean {
    const original = cluster._getServer;
    if (original === undefined) return false;
    cluster._getServer = (server, query, done) => {
      const { fd, addressType } = query;
      if ((fd !== undefined && fd >= 0) || typeof addressType !== 'number') {
        original.call(cluster, server, query, done);
      } else this.#ask(server, { ...query, addressType }, done);
    };
    return true;
  }

  /** In a process that is no cluster worker Node asks nobody; the step that binds is replaced instead. */
  #replaceListen(): boolean {
    const prototype = Server.prototype as unknown as ServerInternals;
    const original = prototype._listen2;
    if (original === undefined) return false;
    const ask = this.#ask.bind(this);
    prototype._listen2 = function (...args) {
      const [address, port, addressType, , fd, flags] = args;
      if (this._handle !== null || (fd !== undefined && fd >= 0)) {
        original.apply(this, args);
        return;
      }
      const listeningId = this._listeningId;
      ask(this, { address, port, addressType, flags: flags ?? 0 }, (_errno, handle) => {
        if (this._listeningId !== listeningId) {
          handle?.close();
          return;
        }
        // Without a handle Node binds by itself and says in its own words why it cannot.
        this._handle = handle;
        original.apply(this, args);
      });
    };
    return true;
  }

  #ask(server: Server, wanted: ListenQuery & { addressType: number }, done: Answer): void {
    const query = this.#number(wanted);
    const { keepAlive } = this.#options;
    this.#closed.delete(nameOf(query));
    // The port of a closed one may be wanted under another name: the number, where it was any free port.
    this.#releaseClosed();
    this.#asked += 1;
    keepAlive.hold();
    this.#waiting.set(this.#asked, (errno, handle) => {
      if (handle === null) this.#inUse.delete(nameOf(query));
      else this.#adopt(server, query, handle);
      done(errno, handle);
      keepAlive.release();
    });
    process.send?.({ mark: SOCKET_MARK, ask: this.#asked, query });
  }

  /** Two listeners may want the same, any free port for one; a server that listens again gets its own back. */
  #number(wanted: ListenQuery & { addressType: number }): SocketQuery {
    const { address, port, addressType, flags } = wanted;
    const query = { address: address ?? null, port, addressType, flags: flags ?? 0 };
    let index = 0;
    while (this.#inUse.has(nameOf({ ...query, index }))) index += 1;
    this.#inUse.add(nameOf({ ...query, index }));
    return { ...query, index };
  }

  #adopt(server: Server, query: SocketQuery, handle: SocketHandle): void {
    const close = handle.close.bind(handle);
    // Not when the server says that it is closed: it waits for the last connection before it does.
    handle.close = (done) => {
      this.#inUse.delete(nameOf(query));
      this.#closed.set(nameOf(query), query);
      setImmediate(() => {
        this.#releaseClosed();
      });
      close(done);
    };
    server.once('listening', () => {
      // A server gets its request listener before it listens, or right after.
      setImmediate(() => {
        const speaksHttp = this.#options.speaksHttp(server);
        process.send?.({ mark: SOCKET_MARK, listening: query, speaksHttp });
      });
    });
    if (this.#stage !== 'accepts') this.#withhold(handle);
  }

  /** Who is about to end leaves its sockets to the successor; who has listened again at once goes on with them. */
  #releaseClosed(): void {
    if (this.#options.isEnding()) return;
    for (const query of this.#closed.values()) {
      process.send?.({ mark: SOCKET_MARK, release: query });
    }
    this.#closed.clear();
  }

  #withhold(handle: SocketHandle): void {
    // Nothing else keeps a process alive that has servers, but is not yet allowed to accept.
    if (this.#stage === 'withholds') this.#options.keepAlive.hold();
    this.#stage = 'withholdsAlive';
    const listen = handle.listen.bind(handle);
    handle.listen = (backlog) => {
      if (this.#stage === 'accepts') return listen(backlog);
      this.#withheld.push(() => listen(backlog));
      return 0;
    };
  }

  readonly #receive = (received: unknown, handle: unknown): boolean => {
    const message = parseSocketMessage(received);
    if (message === null) return false;
    if (!('answer' in message)) return true;
    const answer = this.#waiting.get(message.answer);
    this.#waiting.delete(message.answer);
    answer?.(message.errno, (handle as SocketHandle | undefined) ?? null);
    return true;
  };
}

function nameOf({ address, port, addressType, index }: SocketQuery): string {
  return [address, port, addressType, index].join('|');
}
