import type { SocketHandle, SocketQuery } from './bind-socket.ts';
import { isSocketQuery } from './socket-messages.ts';

/** What is said of a listening socket that goes from one supervisor to another. */
export interface HandedSocket {
  readonly query: SocketQuery;
  readonly speaksHttp: boolean;
  /** The file of a unix socket is not for the supervisor to remove: whoever started it has made it. */
  readonly isForeign: boolean;
}

/** A socket that has arrived. */
export interface TakenSocket extends HandedSocket {
  readonly handle: SocketHandle;
}

/** One message a socket, which it carries; the last one says how many there were. */
export type HandingMessage = { readonly socket: HandedSocket } | { readonly total: number };

/** The message if it is one; null for anything else. */
export function parseHandingMessage(message: unknown): HandingMessage | null {
  if (typeof message !== 'object' || message === null) return null;
  const { socket, total } = message as { socket?: unknown; total?: unknown };
  if (Number.isInteger(total)) return { total: total as number };
  if (typeof socket !== 'object' || socket === null) return null;
  const { query, speaksHttp, isForeign } = socket as Record<keyof HandedSocket, unknown>;
  if (!isSocketQuery(query)) return null;
  return { socket: { query, speaksHttp: speaksHttp === true, isForeign: isForeign === true } };
}
