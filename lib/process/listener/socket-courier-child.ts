import { openSocket } from './bind-socket.ts';
import { type HandedSocket, type HandingMessage } from './handed-socket.ts';
import { SOCKETS_VARIABLE } from './start-courier.ts';

/**
 * Sends listening sockets, which it has inherited as file descriptors, over the channel it was started with.
 *
 * Node sends sockets only between a process and its child. To this one the far end of a connection is
 * the parent, whoever it really is: its environment says so.
 */
const FIRST_SOCKET_FD = 4;
const sockets = JSON.parse(process.env[SOCKETS_VARIABLE] ?? '[]') as HandedSocket[];

// Without it the process would end while a socket waits for the one before to be acknowledged.
process.channel?.ref();
for (const [at, socket] of sockets.entries()) {
  const { errno, handle } = openSocket(FIRST_SOCKET_FD + at);
  if (handle === null) throw new Error(`inherited socket ${String(at)}: error ${String(errno)}`);
  send({ socket }, handle, () => undefined);
}
send({ total: sockets.length }, undefined, () => {
  process.disconnect();
});

function send(message: HandingMessage, handle: unknown, onSent: () => void): void {
  process.send?.(message, handle as never, { keepOpen: true }, onSent);
}
