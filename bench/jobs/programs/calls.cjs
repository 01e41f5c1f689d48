// What one would write without jobs: a function that is called for each message of a WebSocket, in the same process.
'use strict';

const { WebSocketServer } = require('ws');

const [, , frames] = process.argv;
const handlers = { echo: async (args) => args };

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('listening', () => process.send({ port: server.address().port }));
server.on('connection', (socket) => {
  socket.on('message', async (data) => {
    const { type, id, name, args } = JSON.parse(data);
    if (type === 'ack') return;
    const say = (message) => socket.send(JSON.stringify(message));
    if (frames === 'same') {
      say({ type: 'accepted', id });
      say({ type: 'started', id, worker: 'here', attempt: 1 });
    }
    say({ type: 'result', id, ok: true, value: await handlers[name](args) });
  });
});
process.on('disconnect', () => process.exit());
