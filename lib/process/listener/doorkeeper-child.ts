import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import type { Http2Server } from 'node:http2';
import { createServer, type Server, type Socket } from 'node:net';
import { systemClock } from '../../util/clock.ts';
import type { DoorkeeperMessage } from './doorkeeper.ts';

/**
 * Answers in the place of a server that is not there: 503, with the time after which to try again.
 *
 * It is a process of its own because a socket that was once accepted from can only be let go by closing
 * it: this process has duplicates, which go with it.
 */
const TEXT = 'The server is not available at the moment.\n';
/** What every HTTP/2 connection without TLS begins with. */
const HTTP2_PREFACE = 'PRI ';
/** A client that says nothing for this long is let go. */
const SILENT_MS = 30_000;
/** What those who have connected and asked nothing yet get to do so, once the server is back. */
const LAST_QUESTIONS_MS = 1000;

const doors: Server[] = [];
const clients = new Set<Socket>();
let retryAt = 0;
let http: HttpServer | null = null;
let http2: Http2Server | null = null;

process.on('message', (message: DoorkeeperMessage, handle: unknown) => {
  retryAt = systemClock.now() + message.retryAfterSeconds * 1000;
  if (handle !== undefined) doors.push(openDoor(handle));
  if (message.leave) leave();
});
// The monitor is gone, and with it the reason to answer.
process.on('disconnect', leave);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);

function openDoor(handle: unknown): Server {
  // A client that has said all it will say still gets its answer.
  return createServer({ allowHalfOpen: true }, welcome).listen(handle);
}

/** Which HTTP is spoken shows in the first bytes. */
function welcome(client: Socket): void {
  clients.add(client);
  client.on('close', () => clients.delete(client));
  client.on('error', () => undefined);
  client.setTimeout(SILENT_MS, () => client.destroy());
  const hangUp = (): void => void client.destroy();
  client.once('end', hangUp);
  client.once('data', (first: Buffer) => {
    client.off('end', hangUp);
    client.pause();
    client.unshift(first);
    if (first.toString('latin1').startsWith(HTTP2_PREFACE)) {
      // It reads by itself, also what was put back.
      (http2 ??= createHttp2()).emit('connection', client);
    } else {
      (http ??= createHttp()).emit('connection', client);
      client.resume();
    }
  });
}

function createHttp(): HttpServer {
  const server = createHttpServer((request, response) => {
    response.writeHead(503, {
      ...headers(),
      'content-length': Buffer.byteLength(TEXT),
      connection: 'close',
    });
    response.write(TEXT);
    // Closed while the client is still sending, the connection would take the answer with it.
    request.on('end', () => response.end()).resume();
  });
  return server.on('clientError', (_error, client) => client.destroy());
}

function createHttp2(): Http2Server {
  const { createServer: create } = require('node:http2') as typeof import('node:http2');
  const server = create();
  server.on('sessionError', () => undefined);
  return server.on('stream', (stream) => {
    stream.on('error', () => undefined);
    stream.respond({ ':status': 503, ...headers() });
    stream.end(TEXT);
    stream.session?.close();
  });
}

function headers(): Record<string, string> {
  const seconds = Math.max(Math.ceil((retryAt - systemClock.now()) / 1000), 1);
  return { 'retry-after': String(seconds), 'content-type': 'text/plain; charset=utf-8' };
}

/** Accepts no more, finishes the answers under way, and ends with the last of them. */
function leave(): void {
  process.off('disconnect', leave);
  process.removeAllListeners('message');
  if (process.connected) process.disconnect();
  for (const door of doors) door.close();
  systemClock
    .setTimer(LAST_QUESTIONS_MS, () => {
      for (const client of clients) client.destroy();
    })
    .unref();
}
