// A gateway with the broker of a URL and, where asked for, a worker in the same process.
'use strict';

const [, , packageDirectory, text] = process.argv;
const { url, worker, concurrency = 100 } = JSON.parse(text);
const { JobGateway, openBroker } = require(`${packageDirectory}/dist/jobs`);
const { JobWorker } = require(`${packageDirectory}/dist/jobs/worker/job-worker`);
const { systemClock } = require(`${packageDirectory}/dist/util/clock`);

const warn = (line) => process.stderr.write(`${line}\n`);

void (async () => {
  const broker = await openBroker(url);
  if (worker) {
    const handlers = new Map([['echo', async (args) => args]]);
    const rest = { clock: systemClock, replyTtlMs: 60_000, log: warn, warn };
    await new JobWorker({ broker, handlers, concurrency, name: 'here', ...rest }).start();
  }
  const gateway = new JobGateway({ port: 0, maxClients: 2000 }, { broker, warn });
  process.send(await gateway.start());
})();
process.on('disconnect', () => process.exit());
