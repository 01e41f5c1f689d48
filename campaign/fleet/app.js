'use strict';
// A process of a fleet: it answers on its port, and ends or hangs when it is asked to.
const { existsSync } = require('node:fs');
const { createServer } = require('node:http');
const { join } = require('node:path');
const { createApp } = require('server-vigil/fleet');

const app = createApp();
const { id, port } = app.get('curServer');
if (existsSync(join(app.get('base'), `broken-${id}`))) process.exit(3);

const ROUTES = {
  '/throw': () =>
    setImmediate(() => {
      throw new Error('a fault of the campaign');
    }),
  '/hang': () =>
    setImmediate(() => {
      for (;;);
    }),
};

const answering = {
  start(done) {
    this.server = createServer((request, response) => {
      response.end(JSON.stringify({ id, pid: process.pid }));
      ROUTES[request.url]?.();
    }).listen(Number(port), '127.0.0.1', () => done());
  },
  stop(_force, done) {
    this.server.closeAllConnections();
    this.server.close(() => done());
  },
};
if (!app.isMaster()) app.load('answering', answering);
app.start();
