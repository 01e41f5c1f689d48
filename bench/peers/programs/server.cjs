'use strict';
// The server of every contender: it does what its route says, and closes when it is told to end.
const { createServer } = require('node:http');

let open = 0;

const ROUTES = {
  '/crash': () => {
    throw new Error('a bug');
  },
  '/hang': () => {
    for (;;);
  },
  '/open': (_request, response) => response.end(String(open)),
  '/slow': (request, response) => {
    open++;
    const ms = Number(new URL(request.url, 'http://localhost').searchParams.get('ms'));
    setTimeout(() => {
      open--;
      response.end();
    }, ms);
  },
};

const server = createServer((request, response) => {
  const route = ROUTES[request.url.split('?')[0]];
  if (route) route(request, response);
  else response.end(String(process.pid));
}).listen(Number(process.env.PORT), '127.0.0.1');

let closing = false;

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    // Some supervisors send both.
    if (!closing) server.close(() => process.exit(0));
    closing = true;
  });
}
