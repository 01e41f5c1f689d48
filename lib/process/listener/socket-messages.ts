import type { SocketQuery } from './bind-socket.ts';

/**
 * Messages about sockets travel beside the others of the channel, since the answer carries a handle,
 * which is not a value that can be packed.
 */
export const SOCKET_MARK = '@vigil/socket';

export type SocketMessage =
  | { readonly mark: typeof SOCKET_MARK; readonly ask: number; readonly query: SocketQuery }
  | { readonly mark: typeof SOCKET_MARK; readonly release: SocketQuery }
  | {
      readonly mark: typeof SOCKET_MARK;
      readonly listening: SocketQuery;
      readonly speaksHttp: boolean;
    }
  | { readonly mark: typeof SOCKET_MARK; readonly cannotHold: true }
  | { readonly mark: typeof SOCKET_MARK; readonly answer: number; readonly errno: number };

/** The message if it is one about sockets; what the user's code sends is never taken for one by accident. */
export function parseSocketMessage(message: unknown): SocketMessage | null {
  if (typeof message !== 'object' || message === null) return null;
  return (message as { mark?: unknown }).mark === SOCKET_MARK ? (message as SocketMessage) : null;
}

/** Whether a query from a server process makes sense: its code can send anything. */
export function isSocketQuery(value: unknown): value is SocketQuery {
  if (typeof value !== 'object' || value === null) return false;
  const { address, port, addressType, flags, index } = value as Record<keyof SocketQuery, unknown>;
  return (
    (address === null || typeof address === 'string') &&
    [port, addressType, flags, index].every(Number.isInteger) &&
    (addressType === 4 || addressType === 6 || addressType === -1)
  );
}
