'use strict';
const { launch } = require('server-vigil');

launch({
  work: () => require('./server.cjs'),
  config: JSON.parse(process.env.BENCH_CONFIG),
});
