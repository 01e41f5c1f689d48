import type { Socket } from 'node:net';
import type { TakenSocket } from './handed-socket.ts';
import { startCourier } from './start-courier.ts';

/** Whether these sockets can be given to another process; it needs their file descriptors. */
export function canSendSockets(sockets: readonly TakenSocket[]): boolean {
  return process.platform !== 'win32' && sockets.every(({ handle }) => (handle.fd ?? -1) >= 0);
}

/** Sends listening sockets over a connection of which nothing has been read, and closes this end of it. */
export function sendSockets(connection: Socket, sockets: readonly TakenSocket[]): void {
  startCourier(connection, sockets).unref();
  connection.destroy();
}
