'use strict';
const throng = require(process.env.BENCH_THRONG);

throng({ count: 1, worker: () => require('./server.cjs') });
