import net from 'node:net';

/** A socket the way Node's own server objects use it: bound, and made to listen by whoever accepts from it. */
export interface SocketHandle {
  readonly fd?: number;
  getsockname?(out: { port?: number }): number;
  listen(backlog: number): number;
  close(done?: () => void): void;
}

/** What a server asks for when it listens. */
export interface SocketQuery {
  /** Host address, or the path of a unix socket; null for any address. */
  readonly address: string | null;
  readonly port: number;
  /** 4, 6, or −1 for a unix socket. */
  readonly addressType: number;
  readonly flags: number;
  /** Which one of its process it is, among those with the same address and port. */
  readonly index: number;
}

export type BindResult =
  | { readonly errno: 0; readonly handle: SocketHandle }
  | { readonly errno: number; readonly handle: null };

/** Node's own order: address, port, address type, file descriptor, flags. */
type BindFunction = (
  ...place: [string | null, number, number, number, number]
) => SocketHandle | number;

const EADDRINUSE = -98;

/** Whether this Node lets a process bind a socket without accepting from it. */
export function canBindOnly(): boolean {
  return typeof findBind() === 'function';
}

/** Binds only: the kernel queues connections once somebody who has a duplicate begins to listen. */
export function bindSocket(query: SocketQuery): BindResult {
  const bind = findBind();
  if (bind === undefined) return { errno: EADDRINUSE, handle: null };
  const { address, port, addressType, flags } = query;
  const bound = bind(address, port, addressType, -1, flags);
  if (typeof bound === 'number') return { errno: bound, handle: null };
  if (isBoundTo(bound, port)) return { errno: 0, handle: bound };
  bound.close();
  return { errno: EADDRINUSE, handle: null };
}

/** Takes a listening socket that this process was given as a file descriptor, without accepting from it. */
export function openSocket(fd: number): BindResult {
  const opened = findBind()?.('', 0, -1, fd, 0);
  if (typeof opened === 'object') return { errno: 0, handle: opened };
  return { errno: opened ?? EADDRINUSE, handle: null };
}

/** That an address is taken shows only in the port that the socket has not got. */
function isBoundTo(handle: SocketHandle, port: number): boolean {
  if (port <= 0 || handle.getsockname === undefined) return true;
  const out: { port?: number } = {};
  return handle.getsockname(out) === 0 && out.port === port;
}

function findBind(): BindFunction | undefined {
  return (net as unknown as { _createServerHandle?: BindFunction })._createServerHandle;
}
