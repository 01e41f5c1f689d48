'use strict';
const { launch } = require('server-vigil');

launch({
  work: () => require('./server.cjs'),
  initializeServerWorker: (worker) => {
    setInterval(() => worker.lifecycleNotification('something happens'), 100);
  },
  config: JSON.parse(process.env.BENCH_CONFIG),
});
