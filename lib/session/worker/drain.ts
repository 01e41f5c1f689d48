import type { Server } from 'node:net';
import { Server as NetServer } from 'node:net';
import { type Clock, waitFor } from '../../util/clock.ts';
import type { DrainFinished } from '../contract.ts';
import { closeSessions } from './http2-sessions.ts';

/** How long clients with idle keep-alive connections get to send a last request and be told to close. */
const IDLE_GRACE_MS = 2000;
const LOOK_EVERY_MS = 25;

/**
 * Stops accepting, answers what comes on open connections with `Connection: close`, and waits until
 * none is left.
 *
 * Plain `server.close()` does not end while keep-alive clients go on sending: each idle connection it
 * spares may bring the next request.
 */
export async function drainServers(
  servers: readonly Server[],
  drainMs: number,
  clock: Clock,
): Promise<DrainFinished> {
  const startedAt = clock.now();
  for (const server of servers) stopAccepting(server);
  let open = await countOpen(servers);
  let idleClosed = false;
  while (open > 0 && clock.now() - startedAt < drainMs) {
    if (!idleClosed && clock.now() - startedAt >= IDLE_GRACE_MS) idleClosed = true;
    if (idleClosed) for (const server of servers) closeIdle(server);
    await waitFor(clock, LOOK_EVERY_MS);
    open = await countOpen(servers);
  }
  return { open, durationMs: Math.round(clock.now() - startedAt) };
}

/** Takes no new connection and says `Connection: close` with every answer from now on. */
export function stopAccepting(server: Server): void {
  server.prependListener('request', (_request: unknown, response: unknown) => {
    askToClose(response);
  });
  closeSessions(server);
  // http.Server.close also ends idle connections at once, under clients that are about to use them.
  if (server.listening) NetServer.prototype.close.call(server);
}

interface HeaderWriter {
  readonly headersSent: boolean;
  setHeader(name: string, value: string): unknown;
}

function askToClose(response: unknown): void {
  const writer = response as HeaderWriter;
  if ('stream' in (response as object) || writer.headersSent) return;
  writer.setHeader('Connection', 'close');
}

function closeIdle(server: Server): void {
  if ('closeIdleConnections' in server) (server.closeIdleConnections as () => void)();
}

async function countOpen(servers: readonly Server[]): Promise<number> {
  const counts = await Promise.all(servers.map(countConnections));
  return counts.reduce((sum, count) => sum + count, 0);
}

function countConnections(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.getConnections((error, count) => {
      resolve(error === null ? count : 0);
    });
  });
}
