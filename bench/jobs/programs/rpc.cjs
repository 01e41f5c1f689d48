// Remote procedure calls by rabbitmq-client alone: one process asks, one answers. The replies go back as the library's
// documentation has it, and are lost with whoever waits for them; or they are kept as the requests are.
'use strict';

const { Connection } = require('rabbitmq-client');
const { keepAsking } = require('./requests.cjs');

const [, , side, text] = process.argv;
const { url, concurrency, queue, keepsReplies = false } = JSON.parse(text);
const rabbit = new Connection({ url, noDelay: true });
const kept = { durable: true, arguments: { 'x-queue-type': 'quorum' } };
const MOST_UNREAD = 1000;
const sides = { server: serve, client: keepsReplies ? callForKept : call };

void sides[side]();
process.on('disconnect', () => process.exit());

async function serve() {
  const publisher = rabbit.createPublisher({ confirm: true });
  const answer = async ({ replyTo, correlationId }, body) => {
    // The request is acknowledged after that.
    await publisher.send({ routingKey: replyTo, correlationId, durable: true }, body);
  };
  const consumer = rabbit.createConsumer(
    { queue, queueOptions: kept, qos: { prefetchCount: concurrency } },
    async (request, reply) => {
      const body = { ok: true, value: request.body };
      await (keepsReplies ? answer(request, body) : reply(body));
    },
  );
  consumer.on('ready', () => process.send({ ready: true }));
}

async function call() {
  const client = rabbit.createRPCClient({ confirm: true });
  answerWishes((args) => client.send({ routingKey: queue, durable: true }, args));
}

async function callForKept() {
  const replies = `${queue}-replies`;
  const publisher = rabbit.createPublisher({ confirm: true });
  const waiting = new Map();
  const consumer = rabbit.createConsumer(
    { queue: replies, queueOptions: kept, qos: { prefetchCount: MOST_UNREAD } },
    async (reply) => {
      waiting.get(reply.correlationId)?.(reply);
      waiting.delete(reply.correlationId);
    },
  );
  let last = 0;
  const ask = (args) =>
    new Promise((resolve, reject) => {
      const correlationId = String(++last);
      waiting.set(correlationId, resolve);
      const about = { routingKey: queue, replyTo: replies, correlationId, durable: true };
      publisher.send(about, args).catch(reject);
    });
  consumer.on('ready', () => answerWishes(ask));
}

function answerWishes(send) {
  process.on('message', async (wishes) => {
    const args = JSON.parse(wishes.args);
    const ask = async () => {
      const { body } = await send(args);
      if (body.ok !== true) throw new Error('a request has failed');
    };
    process.send(await keepAsking({ ...wishes, ask }));
  });
  process.send({ ready: true });
}
