// Clients of the bench: they send a configuration, and count the bytes that come.
'use strict';

const { connect } = require('node:net');

const CONFIG_KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
let received = 0;

process.on('message', async ({ open, port, configs }) => {
  if (open === undefined) {
    process.send({ received });
    return;
  }
  for (let at = 0; at < open; at += 1) await openOne(port, configs[at % configs.length]);
  process.send({ opened: open });
});
process.on('disconnect', () => process.exit());

function openOne(port, config) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', reject);
    socket.write(
      `GET /websocket/lwes HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${CONFIG_KEY}\r\n\r\n`,
    );
    socket.once('data', () => {
      socket.write(frame(config));
      socket.on('data', (data) => (received += data.length));
      resolve();
    });
  });
}

/** A text in one frame, under a mask that changes nothing. */
function frame(text) {
  const payload = Buffer.from(text);
  const head = Buffer.from([0x81, 0x80 | 126, 0, 0, 0, 0, 0, 0]);
  head.writeUInt16BE(payload.length, 2);
  return Buffer.concat([head, payload]);
}
