// One server of the bench: the stream, or a plain broadcast of the same frames by `ws`. Asked over IPC what it has used.
'use strict';

const { createServer } = require('node:http');

let server;
const [, , packageDirectory, kind] = process.argv;

const starts = { stream: startStream, broadcast: startBroadcast };
void starts[kind]().then((port) => process.send({ port }));

process.on('message', ({ ask, ...order }) => {
  if (ask === 'usage') {
    const { user, system } = process.cpuUsage();
    const events = server?.channels[0]?.received ?? 0;
    process.send({ usedMs: (user + system) / 1000, events });
  } else if (ask === 'broadcast') broadcast(order);
});
process.on('disconnect', () => process.exit());

async function startStream() {
  const { StreamServer } = require(`${packageDirectory}/dist/stream`);
  server = new StreamServer({ port: 0 });
  const { port } = await server.start();
  return port;
}

const clients = [];

async function startBroadcast() {
  const { WebSocketServer } = require('ws');
  const http = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => http.once('listening', resolve));
  const server = new WebSocketServer({ server: http, perMessageDeflate: false });
  server.on('connection', (socket) => clients.push(socket));
  return http.address().port;
}

/** As many frames of that size to each client, at that pace. */
function broadcast({ bytes, everyMs, times }) {
  const frame = Buffer.alloc(bytes, 'x');
  let sent = 0;
  const timer = setInterval(() => {
    for (const client of clients) client.send(frame, { binary: false }, () => undefined);
    sent += 1;
    if (sent === times) clearInterval(timer);
  }, everyMs);
}
