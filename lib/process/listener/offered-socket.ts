import type { SocketHandle, SocketQuery } from './bind-socket.ts';

/** A listening socket that this process was started with. */
export interface OfferedSocket {
  readonly handle: SocketHandle;
  /** Host address, or the path of a unix socket; null where it cannot be told. */
  readonly address: string | null;
  /** −1 for a unix socket. */
  readonly port: number;
  /** The port it is meant for, by its name; null when it has none. */
  readonly namedPort: number | null;
}

/**
 * The socket that is meant when a server asks for a place: by name, by address and port, else by the
 * port alone, which nobody could bind a second time anyway.
 */
export function findOffer(
  offers: readonly OfferedSocket[],
  { address, port, addressType }: SocketQuery,
): OfferedSocket | undefined {
  if (addressType === -1) {
    return offers.find((offer) => offer.port === -1 && offer.address === address);
  }
  const named = offers.find((offer) => offer.namedPort === port);
  if (named !== undefined) return named;
  // Any port is just what an inherited one is not.
  if (port === 0) return undefined;
  const same = offers.filter((offer) => offer.port === port);
  return same.find((offer) => offer.address === address) ?? same[0];
}
