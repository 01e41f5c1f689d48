'use strict';

const choose = require('./choose');
const listen = require('./listen');

/** Holds the connections of users; what they say goes to the chat server of their room. */
module.exports = function connector(app) {
  const users = new Set();
  // What `vigil fleet list` and admin clients are told of who is here.
  app.set('onlineUsers', () => [...users].map(({ user, room }) => ({ user, room })));

  return listen(app, {
    'GET /listen': ({ url, response }) => {
      const entry = {
        user: url.searchParams.get('user'),
        room: url.searchParams.get('room'),
        response,
      };
      users.add(entry);
      response.on('close', () => users.delete(entry));
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      send(response, { from: app.getServerId(), text: `you are in ${entry.room}, ${entry.user}` });
    },
    'POST /say': async ({ body, response, answer }) => {
      const { host, port } = choose(app, 'chat', String(body.room));
      const said = await fetch(`http://${host}:${port}/say`, {
        method: 'POST',
        body: JSON.stringify(body),
      });
      answer(response, said.status, await said.json());
    },
    // From a chat server.
    'POST /deliver': ({ body, response, answer }) => {
      for (const { room, response: to } of users) if (room === body.room) send(to, body);
      answer(response, 200, { ok: true });
    },
  });
};

function send(response, message) {
  response.write(`data: ${JSON.stringify(message)}\n\n`);
}
