import { once } from 'node:events';
import { get } from 'node:http';
import { WebSocket } from 'ws';
import { pause } from '../../bench/support/pause.mjs';
import { ask } from '../support/ask.mjs';
import { expectThat } from '../support/broken-promise.mjs';
import { eventually } from '../support/eventually.mjs';
import { sendBrokenFrames, sendBrokenHttp, sendNoise } from '../support/noise.mjs';
import { pauseProcess } from '../support/signal-process.mjs';

const PATH = '/websocket/lwes';
const ANSWERS_WITHIN_MS = 30_000;

/** What is thrown at a stream server. */
export const streamFaults = [
  { name: 'SIGKILL of the server', strike: (subject) => subject.replace('SIGKILL'), weight: 2 },
  { name: 'SIGTERM of the server', strike: (subject) => subject.replace('SIGTERM') },
  { name: 'SIGSTOP and SIGCONT of the server', strike: pauseServer },
  { name: 'cut clients', strike: cutSome, weight: 2 },
  { name: 'a client that stops reading', strike: stopReading, weight: 2 },
  { name: 'clients that come and go', strike: comeAndGo },
  { name: 'a burst of events', strike: ({ source }, random) => source.burst(random.integer(300)) },
  { name: 'datagrams that are no events', strike: sendNonEvents, weight: 2 },
  { name: 'wrong configurations', strike: sendWrongConfigurations },
  { name: 'binary messages', strike: sendBinary },
  { name: 'a reader over HTTP that is cut', strike: readOverHttp },
  { name: 'a full disk', strike: fillDisk },
  { name: 'noise on the port', strike: ({ port }, random) => sendNoise(port, random) },
  { name: 'broken HTTP', strike: ({ port }, random) => sendBrokenHttp(port, random) },
  { name: 'broken frames', strike: ({ port }, random) => sendBrokenFrames(port, PATH, random) },
];

async function pauseServer({ pid }, random) {
  await pauseProcess(pid, 100 + random.integer(2500));
}

function cutSome({ readers }, random) {
  for (const reader of readers) if (random.integer(2) === 0) reader.cut();
}

async function stopReading(subject, random) {
  const socket = await open(subject);
  const policy = random.pick(['drop-oldest', 'disconnect', 'conflate']);
  const more = policy === 'conflate' ? { conflateBy: 'n' } : { policy };
  const config = { ...subject.channel, batchSize: 1, requests: { Step: [] }, ...more };
  socket.send(JSON.stringify(config));
  socket.pause();
  for (let count = 0; count < 20; count += 1) {
    subject.source.burst(50);
    await pause(20);
  }
  socket.terminate();
}

async function comeAndGo(subject, random) {
  const sockets = await Promise.all(Array.from({ length: 20 }, () => open(subject)));
  for (const socket of sockets) {
    const config = { ...subject.channel, requests: { Step: [] }, batchSize: 1 + random.integer(9) };
    socket.send(JSON.stringify(config));
  }
  await pause(random.integer(200));
  for (const socket of sockets)
    if (random.integer(2) === 0) socket.terminate();
    else socket.close();
}

async function sendNonEvents({ source }, random) {
  for (let count = 0; count < 50; count += 1) {
    source.sendBytes(random.bytes(random.integer(1000)));
    await pause(2);
  }
}

const WRONG = [
  '{',
  'null',
  '[]',
  '{"ip":"300.0.0.1","port":1,"requests":{}}',
  '{"ip":"127.0.0.1","port":1e9,"requests":{}}',
  '{"ip":"127.0.0.1","port":9,"requests":{"a":7}}',
  '{"ip":"127.0.0.1","port":9,"requests":{},"batchSize":0}',
  '{"ip":"127.0.0.1","port":9,"requests":{},"maxSecs":1e12}',
  '{"ip":"127.0.0.1","port":9,"requests":{},"filters":[{"name":"(","attribute":"a","value":"("}]}',
  '['.repeat(100_000),
];

/** Each is answered, and the connection stays. */
async function sendWrongConfigurations(subject, random) {
  const socket = await open(subject);
  const answers = [];
  socket.on('message', (data) => answers.push(JSON.parse(data.toString()).type));
  for (let count = 1; count <= 10; count += 1) {
    socket.send(random.pick(WRONG));
    await eventually(
      'a wrong configuration is answered',
      ANSWERS_WITHIN_MS,
      () => answers.length >= count,
    );
  }
  expectThat(
    answers.every((type) => type === 'error'),
    'what is wrong is told to be an error',
  );
  socket.terminate();
}

async function sendBinary(subject, random) {
  const socket = await open(subject);
  let code = null;
  socket.once('close', (closeCode) => (code = closeCode));
  socket.send(random.bytes(100));
  await eventually('a binary message ends its connection', ANSWERS_WITHIN_MS, () => code !== null);
  expectThat(code === 1003, `a binary message is answered 1003, not ${String(code)}`);
}

async function readOverHttp({ url, channel }, random) {
  const config = JSON.stringify({ ...channel, requests: { Step: [] } });
  const request = get(`${url}/sse/lwes?config=${encodeURIComponent(config)}`, (answer) => {
    answer.on('error', () => undefined).resume();
  });
  request.on('error', () => undefined);
  await pause(random.integer(300));
  request.destroy();
  const refused = await ask(
    `${url}/sse/lwes?config=${encodeURIComponent(random.pick(WRONG.slice(0, 9)))}`,
  );
  expectThat(refused === null || refused.status === 400, 'a wrong configuration is answered 400');
}

async function fillDisk({ disk }, random) {
  disk.fill();
  await pause(300 + random.integer(700));
  disk.empty();
}

async function open({ port }) {
  const socket = new WebSocket(`ws://127.0.0.1:${String(port)}${PATH}`, {
    handshakeTimeout: 30_000,
  });
  socket.on('error', () => undefined);
  await Promise.race([once(socket, 'open'), once(socket, 'close')]).catch(() => undefined);
  expectThat(socket.readyState === WebSocket.OPEN, 'a client is let in');
  return socket;
}
