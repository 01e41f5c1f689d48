// Ten clients on connections they keep, and ten that connect anew each time. Counts what became of every request.
'use strict';

const { Agent, get } = require('node:http');

const port = Number(process.argv[2] ?? 3000);
const keepAlive = new Agent({ keepAlive: true });
const outcomes = new Map();
let isOver = false;

function ask(agent) {
  return new Promise((resolve) => {
    const request = get({ port, host: 'localhost', agent }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text) => (body += text));
      response.on('end', () => {
        resolve(response.statusCode === 200 ? body.trim() : `failed: ${response.statusCode}`);
      });
      response.on('error', (error) => resolve(`failed: ${error.code}`));
    });
    request.on('error', (error) => resolve(`failed: ${error.code}`));
  });
}

async function runClient(agent) {
  while (!isOver) {
    const outcome = await ask(agent);
    if (!outcomes.has(outcome)) console.log(`first answer of its kind: ${outcome}`);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
}

const clients = Array.from({ length: 10 }, () => [runClient(keepAlive), runClient(false)]);
process.once('SIGINT', () => (isOver = true));

Promise.all(clients.flat()).then(() => {
  keepAlive.destroy();
  for (const [outcome, count] of outcomes) console.log(`${count} × ${outcome}`);
  const failed = [...outcomes].filter(([outcome]) => outcome.startsWith('failed'));
  console.log(`${failed.reduce((sum, [, count]) => sum + count, 0)} failed`);
});
