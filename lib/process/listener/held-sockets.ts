import { rmSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { bindSocket, type BindResult, type SocketHandle, type SocketQuery } from './bind-socket.ts';
import { findOffer, type OfferedSocket } from './offered-socket.ts';

export interface HeldSocket {
  readonly handle: SocketHandle;
  readonly query: SocketQuery;
  /** Plain HTTP, which the supervisor can answer in the server's place. */
  readonly speaksHttp: boolean;
  /** Who removes the file of a unix socket: what Node has made goes with the handle. */
  readonly file: 'ofNode' | 'ours' | 'foreign';
  /** As it was given to this process, when it was started with it. */
  readonly offer: OfferedSocket | null;
}

/**
 * The listening sockets of a server, owned by its supervisor.
 *
 * Each server process gets duplicates. The listening state belongs to the socket, not to a process, so
 * when one dies new connections wait in the kernel's queue for its successor instead of being refused.
 */
export class HeldSockets {
  readonly #sockets = new Map<string, HeldSocket>();
  readonly #offers: OfferedSocket[];
  /** One socket alone is for whatever the server listens on first, wherever that is. */
  #isOnlyOne: boolean;
  #isClosed = false;
  #onListening: () => void = () => undefined;
  #isUseless = false;
  #onUseless: () => void = () => undefined;

  /** @param offers - sockets that this process was started with, for the queries they fit */
  constructor(offers: readonly OfferedSocket[] = []) {
    this.#offers = [...offers];
    this.#isOnlyOne = offers.length === 1;
  }

  /** The socket for a query: the same one each time it is asked for, bound at the first. */
  lend(query: SocketQuery): BindResult {
    const key = keyOf(query);
    const known = this.#sockets.get(key);
    if (known !== undefined) return { errno: 0, handle: known.handle };
    const offer = this.#takeOffer(query);
    if (offer !== null) {
      const { handle } = offer;
      this.#sockets.set(key, { handle, query, speaksHttp: false, file: 'foreign', offer });
      return { errno: 0, handle };
    }
    const result = bindSocket(query);
    if (result.handle === null) return result;
    if (this.#isClosed) {
      result.handle.close();
      return { errno: ESHUTDOWN, handle: null };
    }
    const { handle } = result;
    this.#sockets.set(key, { handle, query, speaksHttp: false, file: 'ofNode', offer: null });
    return result;
  }

  /** Holds a socket that another supervisor holds as well, until one of the two lets it go. */
  share(query: SocketQuery, handle: SocketHandle, speaksHttp: boolean): void {
    this.#sockets.set(keyOf(query), { handle, query, speaksHttp, file: 'foreign', offer: null });
  }

  /** From now on the file of a shared unix socket is to be removed with it. */
  own(query: SocketQuery): void {
    const key = keyOf(query);
    const known = this.#sockets.get(key);
    if (known !== undefined) this.#sockets.set(key, { ...known, file: 'ours' });
  }

  /** Forgets sockets without closing them: another supervisor has them. */
  letGo(queries: readonly SocketQuery[]): void {
    for (const query of queries) this.#sockets.delete(keyOf(query));
  }

  /** Calls back once if a server process finds, or has found, that it cannot be given sockets, and listens by itself. */
  whenUseless(callback: () => void): void {
    if (this.#isUseless) callback();
    else this.#onUseless = callback;
  }

  noteUseless(): void {
    if (this.#isUseless) return;
    this.#isUseless = true;
    this.#onUseless();
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

  #takeOffer(query: SocketQuery): OfferedSocket | null {
    const found = findOffer(this.#offers, query) ?? (this.#isOnlyOne ? this.#offers[0] : undefined);
    this.#isOnlyOne = false;
    if (found === undefined) return null;
    this.#offers.splice(this.#offers.indexOf(found), 1);
    return found;
  }

  #close(key: string): void {
    const socket = this.#sockets.get(key);
    if (socket === undefined) return;
    this.#sockets.delete(key);
    const { handle, query, file, offer } = socket;
    if (offer !== null && !this.#isClosed) {
      // Whoever started us listens on it still, so that it cannot be bound again, only used again.
      this.#offers.push(offer);
      return;
    }
    handle.close();
    if (file === 'ours' && query.address !== null && isAbsolute(query.address))
      rmSync(query.address, { force: true });
  }
}

const ESHUTDOWN = -108;

function keyOf({ address, port, addressType, index }: SocketQuery): string {
  return [addressType, address ?? '*', port, index].join('|');
}
