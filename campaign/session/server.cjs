'use strict';
// A server with a fault for every cause of death. It says who answers.
const { createServer } = require('node:http');

const kept = [];

const ROUTES = {
  '/throw': () => {
    throw new Error('a fault of the campaign');
  },
  '/reject': () => void Promise.reject(new Error('a rejection of the campaign')),
  '/exit': () => process.exit(7),
  '/leave': () => process.exit(0),
  '/abort': () => process.abort(),
  '/loop': () => {
    for (;;);
  },
  '/grow': () => {
    for (;;) kept.push(Array.from({ length: 10_000 }, (_, index) => ({ index })));
  },
  '/slow': (response) => setTimeout(() => response.end('slow'), 300),
};

const leak = Number(process.env.CAMPAIGN_LEAK_MB ?? 0);
if (leak > 0) setInterval(() => kept.push(Buffer.alloc(leak * 1e5, 1)), 100);

createServer((request, response) => {
  const route = ROUTES[request.url];
  if (route) route(response);
  else response.end(String(process.pid));
}).listen(Number(process.env.PORT), '127.0.0.1');
