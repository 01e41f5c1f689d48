'use strict';
// What one writes without a supervisor: a cluster primary that forks again.
const cluster = require('node:cluster');
const { join } = require('node:path');

cluster.setupPrimary({ exec: join(__dirname, 'server.cjs') });

cluster.on('exit', (worker, code, signal) => {
  console.error(`server ${worker.process.pid} ended (${signal ?? code}), starting it again`);
  cluster.fork();
});

process.on('SIGTERM', () => process.exit(0));

cluster.fork();
