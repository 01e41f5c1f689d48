'use strict';
// A spawner as a program starts it. BENCH_CONFIG: its options.

const { Spawner } = require('server-vigil/spawner');

const spawner = new Spawner({
  port: Number(process.env.PORT),
  ...JSON.parse(process.env.BENCH_CONFIG),
});
process.once('SIGTERM', () => void spawner.close());
spawner.start().then(({ url }) => console.log(`listens at ${url}`));
