import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** A WebSocket that is to be passed on. */
export interface PassedUpgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** What has come after the request already. */
  readonly head: Buffer;
  readonly port: number;
  /** How long the server may take to answer, milliseconds. */
  readonly timeoutMs: number;
}

/** Passes a WebSocket on to a server of this machine; gives the connection to that, once both speak with one another. @lazy */
export async function passUpgrade(upgrade: PassedUpgrade): Promise<Socket> {
  const { request, socket, head, port, timeoutMs } = upgrade;
  const { proxyUpgrade } = await import('httpxy');
  const target = { host: '127.0.0.1', port };
  return proxyUpgrade(target, request, socket, head, { upgradeTimeout: timeoutMs });
}
