// The way of jobs through a broker that keeps them on disk, without a gateway; or the same records written in groups,
// each synced, by classic-level alone.
'use strict';

const [, , packageDirectory, text] = process.argv;
const { kind, directory } = JSON.parse(text);
const { keepAsking } = require('./requests.cjs');

const kinds = { broker: openBroker, level: openLevel };
void kinds[kind]().then((ask) => {
  process.on('message', async (wishes) => {
    process.send(await keepAsking({ ...wishes, ask: () => ask(wishes.args) }));
  });
  process.send({ ready: true });
});
process.on('disconnect', () => process.exit());

async function openBroker() {
  const jobs = require(`${packageDirectory}/dist/jobs`);
  const broker = await jobs.openBroker(`file:${directory}`);
  const waiting = new Map();
  const { address: replyTo } = await broker.openMailbox({
    id: 'bench',
    onMail: (mail) => {
      mail.settle();
      waiting.get(mail.correlationId)();
      waiting.delete(mail.correlationId);
    },
  });
  await broker.consume({
    names: ['echo'],
    prefetch: 1000,
    onJob: (delivery) => void delivery.answer(`{"ok":true,"value":${delivery.job.args}}`),
  });
  let last = 0;
  return (args) =>
    new Promise((resolve, reject) => {
      const id = `c/${++last}`;
      waiting.set(id, resolve);
      const about = { priority: 5, deadline: null, publishedAt: Date.now() };
      broker
        .publish({ id, name: 'echo', args, replyTo, correlationId: id, ...about })
        .catch(reject);
    });
}

/** What has to be on disk for a job: it itself before it is accepted, its result before it goes, and the end of both. */
async function openLevel() {
  const { ClassicLevel } = require('classic-level');
  const database = new ClassicLevel(directory, { writeBufferSize: 16 * 1024 * 1024 });
  await database.open();
  let next = createGroup();
  let isWriting = false;
  const write = async () => {
    isWriting = true;
    while (next.changes.length > 0) {
      const { changes, resolve } = next;
      next = createGroup();
      await database.batch(changes, { sync: true });
      resolve();
    }
    isWriting = false;
  };
  const commit = (...changes) => {
    next.changes.push(...changes);
    if (!isWriting) {
      isWriting = true;
      setImmediate(write);
    }
    return next.written;
  };
  const head = JSON.stringify({ name: 'echo', priority: 5, replyTo: 'bench', deadline: null });
  let last = 0;
  return async (args) => {
    const key = String(++last).padStart(11, '0');
    await commit({ type: 'put', key: `j${key}`, value: `${head}\n${args}` });
    await commit(
      { type: 'put', key: `m${key}`, value: `${head}\n${args}` },
      { type: 'del', key: `j${key}` },
    );
    void commit({ type: 'del', key: `m${key}` });
  };
}

function createGroup() {
  let resolve;
  const written = new Promise((done) => (resolve = done));
  return { changes: [], written, resolve };
}
