'use strict';
// The server of every contender: what it answers is its process id, so that a successor can be told from a predecessor.
const { createServer } = require('node:http');

createServer((_request, response) => {
  response.end(String(process.pid));
}).listen(Number(process.env.PORT), '127.0.0.1');
