'use strict';

const { createServer } = require('node:http');
const { createApp } = require('server-vigil/fleet');

// This file runs in every process of the fleet, on whatever host.
const app = createApp();

app.configure('all', 'web', () => {
  app.load({
    name: 'page',
    start(done) {
      const { id, host, port } = app.get('curServer');
      const server = createServer((_request, response) => response.end(`${id} on ${host}\n`));
      server.listen(port, done);
      server.unref();
      console.log(`${id} answers at ${host}:${port}`);
    },
  });
});

app.start();
