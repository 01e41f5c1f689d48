// Jobs by BullMQ: one process adds them and waits for their ends, one works.
'use strict';

const [, , side, text] = process.argv;
const { packages, port, concurrency } = JSON.parse(text);
const { Queue, QueueEvents, Worker } = require(`${packages}/bullmq`);
const { keepAsking } = require('./requests.cjs');

const connection = { host: '127.0.0.1', port, maxRetriesPerRequest: null };
const sides = { server: serve, client: call };

void sides[side]();
process.on('disconnect', () => process.exit());

async function serve() {
  const worker = new Worker('bench', async ({ data }) => data, { connection, concurrency });
  await worker.waitUntilReady();
  process.send({ ready: true });
}

async function call() {
  const queue = new Queue('bench', { connection });
  const events = new QueueEvents('bench', { connection });
  // Every job that waits listens to it.
  events.setMaxListeners(0);
  await Promise.all([queue.waitUntilReady(), events.waitUntilReady()]);
  process.on('message', async (wishes) => {
    const args = JSON.parse(wishes.args);
    const ask = async () => {
      // Who waits looks for the job once more: it must be there a while after its end.
      const job = await queue.add('echo', args, { removeOnComplete: 1000 });
      await job.waitUntilFinished(events);
    };
    process.send(await keepAsking({ ...wishes, ask }));
  });
  process.send({ ready: true });
}
