'use strict';

const { createServer } = require('node:http');

/** A component that answers HTTP on the port of its server; `routes` by method and path. */
module.exports = function listen(app, routes) {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://localhost');
    // The page comes from the gate, and speaks to a connector.
    response.setHeader('access-control-allow-origin', '*');
    const route = routes[`${request.method} ${url.pathname}`];
    try {
      if (route === undefined) answer(response, 404, { error: 'there is nothing here' });
      else await route({ url, response, body: await readBody(request), answer });
    } catch (error) {
      answer(response, 400, { error: error.message });
    }
  });
  return {
    start(done) {
      const { host, port } = app.getCurServer();
      server.once('error', done);
      server.listen(port, host, () => done());
    },
    stop(_force, done) {
      server.close(done);
      server.closeAllConnections();
    },
  };
};

function answer(response, status, value) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(value)}\n`);
}

async function readBody(request) {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > 10_000) throw new Error('that is too long');
  }
  return text === '' ? {} : JSON.parse(text);
}
