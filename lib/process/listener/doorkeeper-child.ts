import { createServer, type Server } from 'node:http';
import type { DoorkeeperMessage } from './doorkeeper.ts';

/**
 * Answers in the place of a server that is not there: 503, with the time after which to try again.
 *
 * It is a process of its own because a socket that was once accepted from can only be let go by closing
 * it: this process has duplicates, which go with it.
 */
const servers: Server[] = [];
let retryAfterSeconds = 1;

process.on('message', (message: DoorkeeperMessage, handle: unknown) => {
  retryAfterSeconds = message.retryAfterSeconds;
  if (handle !== undefined) servers.push(answerOn(handle));
  if (message.leave) leave();
});
// The monitor is gone, and with it the reason to answer.
process.on('disconnect', leave);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);

function answerOn(handle: unknown): Server {
  const server = createServer((_request, response) => {
    response.writeHead(503, {
      'retry-after': String(retryAfterSeconds),
      'content-type': 'text/plain; charset=utf-8',
      connection: 'close',
    });
    response.end('The server is not available at the moment.\n');
  });
  server.on('clientError', (_error, socket) => {
    socket.destroy();
  });
  return server.listen(handle);
}

/** Accepts no more, finishes the answers under way, and ends with the last of them. */
function leave(): void {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeIdleConnections();
  }
  process.removeAllListeners('message');
  if (process.connected) process.disconnect();
}
