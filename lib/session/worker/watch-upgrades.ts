import type { EventEmitter } from 'node:events';
import type { Server } from 'node:net';
import type { Clock } from '../../util/clock.ts';

/** Keeps account of the upgraded connections of a server: Node hands them over and forgets them. */
export function watchUpgrades(server: Server, clock: Clock): void {
  const note = (request: unknown, socket: unknown): void => {
    const { noteUpgrade } = require('./upgraded-sockets') as typeof import('./upgraded-sockets.ts');
    noteUpgrade(server, { request, socket, clock });
  };
  listenBeside(server, 'upgrade', note);
  listenBeside(server, 'connect', note);
}

/** Listens only while the server does too: without a listener Node answers such requests in its own way. */
function listenBeside(
  server: EventEmitter,
  event: string,
  listener: (request: unknown, socket: unknown) => void,
): void {
  const join = (): void => {
    if (!server.listeners(event).includes(listener)) server.prependListener(event, listener);
  };
  if (server.listenerCount(event) > 0) join();
  server.on('newListener', (added: string | symbol, other: unknown) => {
    if (added === event && other !== listener) join();
  });
  server.on('removeListener', (removed: string | symbol, other: unknown) => {
    if (removed !== event || other === listener) return;
    if (server.listeners(event).every((one) => one === listener)) server.off(event, listener);
  });
}
