import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type Clock, waitFor } from '../util/clock.ts';
import { SpawnFailure } from './spawn-failure.ts';

/** A WebSocket that is to be passed on. */
export interface PassedUpgrade {
  readonly request: IncomingMessage;
  readonly socket: Socket;
  /** What has come after the request already. */
  readonly head: Buffer;
  readonly port: number;
  readonly clock: Clock;
  /** How long the server may take to answer, milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Passes a WebSocket on to a server of this machine; gives the connection to that, once both speak with one another.
 * When it fails the client's connection is left open, unless the server has refused in its own words. @lazy
 */
export async function passUpgrade(upgrade: PassedUpgrade): Promise<Socket> {
  const { request, socket, head, port, clock, timeoutMs } = upgrade;
  const { proxyUpgrade } = await import('httpxy');
  const target = { host: '127.0.0.1', port };
  // The library ends the connection without a word: when the server does, and when it is late, which only cleans up here.
  const release = holdEnd(socket);
  const options = { upgradeTimeout: 2 * timeoutMs };
  const patience = new AbortController();
  try {
    return await Promise.race([
      proxyUpgrade(target, request, socket, head, options),
      failWhenLate(clock, timeoutMs, patience.signal),
    ]);
  } finally {
    patience.abort();
    release();
  }
}

async function failWhenLate(clock: Clock, timeoutMs: number, signal: AbortSignal): Promise<never> {
  await waitFor(clock, timeoutMs, signal);
  throw new SpawnFailure(504, 'the server did not take the WebSocket in time');
}

/** Keeps a connection from being ended before anything was written to it, until that is released. */
function holdEnd(socket: Socket): () => void {
  const end = socket.end.bind(socket);
  socket.end = () => (socket.bytesWritten === 0 ? socket : end());
  return () => {
    socket.end = end;
  };
}
