// Clients of the bench over WebSockets: as thin as can be, so that what is measured is what answers them. Each keeps
// so many jobs under way for some time.
'use strict';

const { connect } = require('node:net');
const { FrameReader, writeFrame } = require('./frames.cjs');
const { describeRun } = require('./requests.cjs');

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const RESULT = '{"type":"result"';
const AT_ID = RESULT.length + ',"id":"'.length;

process.send({ ready: true });
process.once('message', async (wishes) => {
  const { clients, port } = wishes;
  const run = { ...wishes, endsAt: Infinity, latencies: [], failed: 0, open: 0 };
  const sockets = [];
  for (let at = 0; at < clients; at += 1) sockets.push(await openOne(port));
  run.ended = new Promise((resolve) => (run.end = resolve));
  process.send({ ready: true });
  process.once('message', () => begin(run, sockets));
});
process.on('disconnect', () => process.exit());

async function begin(run, sockets) {
  const startedAt = performance.now();
  run.startedAt = startedAt;
  run.endsAt = startedAt + run.warmMs + run.forMs;
  for (const socket of sockets) new Client(socket, run).begin();
  await run.ended;
  const { latencies, failed, forMs } = run;
  process.send({ ...describeRun(latencies, forMs), failed });
}

class Client {
  #socket;
  #run;
  #reader = new FrameReader((text) => this.#hear(text));
  #sentAt = new Map();
  #frames = [];
  #lastId = 0;

  constructor(socket, run) {
    this.#socket = socket;
    this.#run = run;
    socket.on('data', (data) => {
      this.#reader.read(data);
      this.#flush();
    });
  }

  begin() {
    for (let sent = 0; sent < this.#run.inFlight; sent += 1) this.#send();
    this.#flush();
  }

  #send() {
    const id = String(++this.#lastId);
    this.#sentAt.set(id, performance.now());
    this.#run.open += 1;
    this.#say(`{"type":"job","id":"${id}","name":"echo","args":${this.#run.args}}`);
  }

  #hear(text) {
    if (!text.startsWith(RESULT)) {
      if (text.startsWith('{"type":"error"')) throw new Error(text);
      return;
    }
    const run = this.#run;
    const id = text.slice(AT_ID, text.indexOf('"', AT_ID));
    const now = performance.now();
    if (!text.includes('"ok":true')) run.failed += 1;
    // What began while everything was warming up, or ended too late, is no figure.
    if (now > run.startedAt + run.warmMs && now <= run.endsAt)
      run.latencies.push(now - this.#sentAt.get(id));
    this.#sentAt.delete(id);
    run.open -= 1;
    if (run.acks) this.#say(`{"type":"ack","id":"${id}"}`);
    if (now < run.endsAt) this.#send();
    else if (run.open === 0) run.end();
  }

  #say(text) {
    this.#frames.push(writeFrame(text));
  }

  #flush() {
    if (this.#frames.length === 0) return;
    this.#socket.write(Buffer.concat(this.#frames));
    this.#frames.length = 0;
  }
}

function openOne(port) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.once('error', reject);
    socket.write(
      `GET /jobs HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${KEY}\r\n\r\n`,
    );
    let answer = '';
    socket.on('data', function look(data) {
      answer += data.toString('latin1');
      const end = answer.indexOf('\r\n\r\n');
      if (end < 0) return;
      socket.off('data', look);
      // A `hello` may have come with it.
      if (answer.length > end + 4) socket.unshift(Buffer.from(answer.slice(end + 4), 'latin1'));
      resolve(socket);
    });
  });
}
