import { bindSocket, type BindResult, type SocketHandle, type SocketQuery } from './bind-socket.ts';

export interface HeldSocket {
  readonly handle: SocketHandle;
  readonly query: SocketQuery;
  /** Plain HTTP, which the supervisor can answer in the server's place. */
  readonly speaksHttp: boolean;
}

/**
 * The listening sockets of a server, owned by its supervisor.
 *
 * Each server process gets duplicates. The listening state belongs to the socket, not to a process, so
 * when one dies new connections wait in the kernel's queue for its successor instead of being refused.
 */
export class HeldSockets {
  readonly #sockets = new Map<string, HeldSocket>();
  #isClosed = false;
  #onListening: () => void = () => undefined;

  /** The socket for a query: the same one each time it is asked for, bound at the first. */
  lend(query: SocketQuery): BindResult {
    const key = keyOf(query);
    const known = this.#sockets.get(key);
    if (known !== undefined) return { errno: 0, handle: known.handle };
    const result = bindSocket(query);
    if (result.handle === null) return result;
    if (this.#isClosed) {
      result.handle.close();
      return { errno: ESHUTDOWN, handle: null };
    }
    this.#sockets.set(key, { handle: result.handle, query, speaksHttp: false });
    return result;
  }

  /** Calls back whenever a server process has begun to listen on one of the sockets. */
  whenListening(callback: () => void): void {
    this.#onListening = callback;
  }

  /** All sockets that are held. */
  get sockets(): readonly HeldSocket[] {
    return [...this.#sockets.values()];
  }

  /** Notes what is spoken on a socket that has begun to listen. */
  note(query: SocketQuery, speaksHttp: boolean): void {
    const key = keyOf(query);
    const known = this.#sockets.get(key);
    if (known !== undefined) this.#sockets.set(key, { ...known, speaksHttp });
    this.#onListening();
  }

  /** Gives up one socket: its server has closed it. */
  release(query: SocketQuery): void {
    this.#close(keyOf(query));
  }

  /** Gives up all but these: the process that serves now has not asked for the others. */
  keepOnly(queries: readonly SocketQuery[]): void {
    const wanted = new Set(queries.map(keyOf));
    for (const key of [...this.#sockets.keys()]) if (!wanted.has(key)) this.#close(key);
  }

  /** Gives up all for good: new connections are refused from now on. */
  close(): void {
    this.#isClosed = true;
    for (const key of [...this.#sockets.keys()]) this.#close(key);
  }

  #close(key: string): void {
    this.#sockets.get(key)?.handle.close();
    this.#sockets.delete(key);
  }
}

const ESHUTDOWN = -108;

function keyOf({ address, port, addressType, index }: SocketQuery): string {
  return [addressType, address ?? '*', port, index].join('|');
}
