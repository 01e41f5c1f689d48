'use strict';
// A server as a spawner starts it, which reports that it lives; the last word is how it misbehaves.
const { createServer } = require('node:http');

const [id, port, liveliness, behave = ''] = process.argv.slice(2);

async function say(word) {
  try {
    const answer = await fetch(`${liveliness}/${id}?liveliness=${word}`, { method: 'POST' });
    return answer.status;
  } catch {
    return 0;
  }
}

// Nobody knows it any more when it is answered 404.
const sayOrLeave = async (word) => {
  if ((await say(word)) === 404) process.exit(0);
};

if (behave === 'exits') process.exit(6);
process.on('SIGTERM', async () => {
  if (behave === 'ignores-term') return;
  await say('disconnect');
  process.exit(0);
});

createServer((request, response) => {
  if (request.url === '/crash') process.kill(process.pid, 'SIGKILL');
  else if (request.url === '/leave') process.exit(0);
  else response.end(JSON.stringify({ id, pid: process.pid }));
}).listen(Number(port), '127.0.0.1', () => {
  if (behave === 'never-ready') return;
  void sayOrLeave('ready');
  setInterval(() => void sayOrLeave('ping'), 200);
});
