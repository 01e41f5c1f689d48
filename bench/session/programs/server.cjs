'use strict';
// The server of every contender: what it answers is its process id, so that a successor can be told from a predecessor.
const { createServer } = require('node:http');

const WORK_MS = Number(process.env.BENCH_WORK_MS ?? 0);

createServer((_request, response) => {
  if (WORK_MS > 0) work(WORK_MS);
  response.end(String(process.pid));
}).listen(Number(process.env.PORT), '127.0.0.1');

/** Keeps the processor for so long, as a request that computes something does. */
function work(ms) {
  const until = performance.now() + ms;
  while (performance.now() < until);
}
