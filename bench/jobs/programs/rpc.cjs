// Remote procedure calls by rabbitmq-client alone: one process asks, one answers.
'use strict';

const { Connection } = require('rabbitmq-client');
const { keepAsking } = require('./requests.cjs');

const [, , side, text] = process.argv;
const { url, concurrency, queue } = JSON.parse(text);
const rabbit = new Connection({ url, noDelay: true });
const sides = { server: serve, client: call };

void sides[side]();
process.on('disconnect', () => process.exit());

async function serve() {
  const consumer = rabbit.createConsumer(
    {
      queue,
      queueOptions: { durable: true, arguments: { 'x-queue-type': 'quorum' } },
      qos: { prefetchCount: concurrency },
    },
    async ({ body }, reply) => {
      await reply({ ok: true, value: body });
    },
  );
  consumer.on('ready', () => process.send({ ready: true }));
}

async function call() {
  const client = rabbit.createRPCClient({ confirm: true });
  process.on('message', async (wishes) => {
    const args = JSON.parse(wishes.args);
    const ask = async () => {
      const { body } = await client.send({ routingKey: queue, durable: true }, args);
      if (body.ok !== true) throw new Error('a request has failed');
    };
    process.send(await keepAsking({ ...wishes, ask }));
  });
  process.send({ ready: true });
}
