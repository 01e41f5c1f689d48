'use strict';
const { askMany } = require('./ask-many.cjs');

const waiting = new Map();
let lastId = 0;

function ask(value) {
  return new Promise((resolve) => {
    waiting.set(++lastId, resolve);
    process.send({ id: lastId, value });
  });
}

process.on('message', async (message) => {
  if (message.measure) {
    process.send({ rate: await askMany(ask, message.measure) });
    return;
  }
  waiting.get(message.id)(message.value);
  waiting.delete(message.id);
});
