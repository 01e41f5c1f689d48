// Requests a second of a server, counted by a client that costs much less than the server: it writes the same bytes
// again and again and only counts the bytes that come back.
import { once } from 'node:events';
import { connect } from 'node:net';

const GOOD = 'HTTP/1.1 200 ';

/** Answers a second over kept connections, one request under way on each. */
export async function measureKeptRate(port, { connections, forMs }) {
  const bytes = createRequest('keep-alive');
  const size = await learnSize(port, bytes);
  return runFor(forMs, connections, async (isOver, count) => {
    const socket = await open(port);
    let missing = 0;
    const next = () => {
      missing = size;
      socket.write(bytes);
    };
    socket.on('data', (chunk) => {
      missing -= chunk.length;
      if (missing < 0) socket.destroy(new Error('an answer was longer than the first one'));
      if (missing !== 0) return;
      count();
      if (isOver()) socket.destroy();
      else next();
    });
    next();
    await ended(socket);
    if (!isOver()) throw new Error('the server ended a connection that was to be kept');
  });
}

/** Answers a second when each request has a connection of its own. */
export function measureNewRate(port, { connections, forMs }) {
  const bytes = createRequest('close');
  return runFor(forMs, connections, async (isOver, count) => {
    while (!isOver()) {
      const socket = await open(port);
      const first = once(socket, 'data');
      socket.write(bytes);
      const [chunk] = await first;
      socket.resume();
      await ended(socket);
      if (!chunk.toString('latin1').startsWith(GOOD)) throw new Error(`bad answer: ${chunk}`);
      count();
    }
  });
}

async function runFor(forMs, connections, work) {
  let answers = 0;
  const startedAt = performance.now();
  const isOver = () => performance.now() - startedAt >= forMs;
  const count = () => answers++;
  await Promise.all(Array.from({ length: connections }, () => work(isOver, count)));
  return (answers / (performance.now() - startedAt)) * 1000;
}

/** All answers have the length of the first one. */
async function learnSize(port, bytes) {
  const socket = await open(port);
  const ending = ended(socket);
  socket.write(bytes);
  let text = '';
  for (;;) {
    const [chunk] = await once(socket, 'data');
    text += chunk.toString('latin1');
    const [head, body] = text.split('\r\n\r\n');
    const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1]);
    if (body !== undefined && body.length >= length) break;
  }
  socket.destroy();
  await ending;
  if (!text.startsWith(GOOD)) throw new Error(`bad answer: ${text}`);
  return text.length;
}

async function open(port) {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  return socket;
}

function ended(socket) {
  return new Promise((resolve, reject) => {
    socket.once('error', reject).once('close', resolve);
  });
}

function createRequest(connection) {
  return `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: ${connection}\r\n\r\n`;
}
