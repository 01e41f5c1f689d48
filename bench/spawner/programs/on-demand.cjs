'use strict';
// A server as a spawner starts it, or whoever speaks to it in the same way: ID, PORT, and where it reports to.

const { createServer, request } = require('node:http');
const { createRequire } = require('node:module');

// A dependency of the package, not of this project.
const { WebSocketServer } = createRequire(require.resolve('server-vigil'))('ws');

const [id, port, liveliness] = process.argv.slice(2);
const PING_EVERY_MS = 4000;

function say(word) {
  request(`${liveliness}/${id}?liveliness=${word}`, { method: 'POST', agent: false }, (answer) => {
    answer.resume();
    // Nobody knows it any more.
    if (answer.statusCode === 404) process.exit(0);
  })
    .on('error', () => process.exit(1))
    .end();
}

const server = createServer();
new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket) => {
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
});
server.listen(Number(port), '127.0.0.1', () => {
  say('ready');
  setInterval(say, PING_EVERY_MS, 'ping');
});
