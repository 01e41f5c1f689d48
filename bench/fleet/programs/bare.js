'use strict';

const { connect } = require('node:net');
const { createServer } = require('node:http');

// As long as nobody ends it, like a server of a fleet.
createServer().listen(0, '127.0.0.1', () => {
  connect(Number(process.env.BENCH_PORT), '127.0.0.1').end(`${process.argv[2]}\n`);
});
