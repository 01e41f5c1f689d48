'use strict';

const { connect } = require('node:net');
const { createApp } = require('server-vigil/fleet');

// Every process of the fleet. A server says to the benchmark that it runs; without a master it does so as well.
const app = createApp();
const port = Number(process.env.BENCH_PORT);
if (!app.isMaster() && port > 0) {
  app.load('teller', {
    // Where there is no master, `afterStart` waits for one for a moment.
    [process.env.BENCH_ALONE === '1' ? 'start' : 'afterStart']() {
      connect(port, '127.0.0.1')
        .on('error', () => undefined)
        .end(`${app.getServerId()}\n`);
    },
  });
}
app.start();
