import type { Server } from 'node:net';
import { Server as NetServer } from 'node:net';
import { type Clock, waitFor } from '../../util/clock.ts';
import type { DrainFinished } from '../contract.ts';
import type { DrainLimit } from './drain-limit.ts';
import type { DrainListeners } from './drain-listeners.ts';
import { closeSessions, sendSessionsAway } from './http2-sessions.ts';
import { openResponses, OpenRequests, unusedConnections } from './open-requests.ts';
import { type UpgradedSocket, upgradedOf } from './upgraded-sockets.ts';

/** How long clients with idle keep-alive connections get to send a last request and be told to close. */
const IDLE_GRACE_MS = 2000;
/** An upgraded connection that is not older than this may go on until the grace is over. */
const YOUNG_MS = 1000;
const LOOK_EVERY_MS = 25;

export interface DrainOptions {
  readonly clock: Clock;
  readonly limit: DrainLimit;
  readonly listeners: DrainListeners;
  /** Told in words what went wrong with a listener. */
  readonly onTrouble: (text: string) => void;
}

/**
 * Stops accepting, answers what comes on open connections with `Connection: close`, and waits until
 * none is left.
 *
 * Plain `server.close()` does not end while keep-alive clients go on sending: each idle connection it
 * spares may bring the next request. Upgraded connections, which never end by themselves, are left to
 * the listeners; without any they are closed once nothing else is in flight, or after a grace.
 */
export async function drainServers(
  servers: readonly Server[],
  options: DrainOptions,
): Promise<DrainFinished> {
  const { clock, limit, listeners, onTrouble } = options;
  const { signal } = limit;
  const startedAt = clock.now();
  const requests = new OpenRequests(servers, clock);
  servers.forEach(stopAccepting);
  listeners.tell({ deadlineMs: limit.remainingMs, signal }, onTrouble);
  const closable = (): UpgradedSocket[] => (listeners.count > 0 ? [] : upgradedOf(servers));

  let open = await countOpen(servers);
  while ((open > 0 || listeners.pending > 0) && !signal.aborted) {
    const upgraded = closable();
    const isGraceOver = clock.now() - startedAt >= IDLE_GRACE_MS;
    if (isGraceOver) servers.forEach(closeIdle);
    if (isGraceOver) closeOlder(upgraded, 0, clock);
    else if (open <= upgraded.length) closeOlder(upgraded, YOUNG_MS, clock);
    await waitFor(clock, LOOK_EVERY_MS, signal);
    open = await countOpen(servers);
  }
  const left = open === 0 ? { requests: [], moreRequests: 0 } : requests.list();
  closable().forEach((one) => {
    one.destroy();
  });
  return { open, durationMs: Math.round(clock.now() - startedAt), ...left };
}

/** Who has only just come may not have had the answer yet for which it came. */
function closeOlder(upgraded: readonly UpgradedSocket[], leastMs: number, clock: Clock): void {
  for (const one of upgraded) if (one.ageMs(clock.now()) >= leastMs) one.close(clock);
}

/** Takes no new connection and says `Connection: close` with every answer from now on. */
export function stopAccepting(server: Server): void {
  server.prependListener('request', (_request: unknown, response: unknown) => {
    askToClose(response);
  });
  for (const response of openResponses(server)) askToClose(response);
  sendSessionsAway(server);
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
  closeSessions(server);
  if ('closeIdleConnections' in server) (server.closeIdleConnections as () => void)();
  // Browsers open connections ahead; for Node, one on which nothing ever came is not idle.
  for (const socket of unusedConnections(server)) socket.destroy();
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
