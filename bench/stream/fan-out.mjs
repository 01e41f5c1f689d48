import { fork } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const program = (name) => fileURLToPath(new URL(name, import.meta.url));

export const EVENTS_PER_SECOND = 10_000;
export const BATCH = 1000;
const TICK_MS = 10;

/**
 * Lets a server serve some clients for some time.
 *
 * @param options.configs - how many different configurations the clients have
 * @returns the processor time the server has used for each second's events, milliseconds, and the bytes each client got
 */
export async function measureFanOut(kind, { root, mark, clients, configs = 1, seconds, bytes }) {
  const env = { ...process.env, [mark.name]: mark.value };
  const source = fork(program('source.cjs'), [root, kind], { env });
  const sink = fork(program('sink.cjs'), [], { env });
  try {
    const [{ port }] = await once(source, 'message');
    const channel = await findUdpPort();
    const texts = Array.from({ length: configs }, (_, at) => writeConfig(channel, at));
    await ask(sink, { open: clients, port, configs: texts });
    const send = kind === 'stream' ? createSender(root, channel) : null;
    if (send !== null) await send(1);
    const receivedBefore = (await ask(sink, {})).received;
    const before = await ask(source, { ask: 'usage' });
    if (send === null) {
      const times = (seconds * EVENTS_PER_SECOND) / BATCH;
      source.send({ ask: 'broadcast', bytes, times, everyMs: (1000 * BATCH) / EVENTS_PER_SECOND });
      await wait(seconds * 1000 + 100);
    } else await send(seconds);
    const after = await ask(source, { ask: 'usage' });
    await wait(200);
    const { received } = await ask(sink, {});
    send?.close();
    // A machine that is busy with something else loses events: what was not there is not counted.
    const events = after.events - before.events || seconds * EVENTS_PER_SECOND;
    return {
      usedMs: ((after.usedMs - before.usedMs) / events) * EVENTS_PER_SECOND,
      bytes: (received - receivedBefore) / clients,
    };
  } finally {
    for (const child of [source, sink]) child.kill('SIGKILL');
    await Promise.all([source, sink].map((child) => child.exitCode ?? once(child, 'exit')));
  }
}

async function ask(child, question) {
  child.send(question);
  const [answer] = await once(child, 'message');
  return answer;
}

/** Different configurations want different attributes, of which none is there but the first. */
function writeConfig(port, at) {
  const attributes = at === 0 ? ['n'] : ['n', `other${at}`];
  return JSON.stringify({
    ip: '127.0.0.1',
    port,
    batchSize: BATCH,
    maxSecs: 60,
    requests: { Tick: attributes },
  });
}

function createSender(root, port) {
  const { encodeEvent } = require(`${root}/dist/stream`);
  const socket = createSocket('udp4');
  let count = 0;
  const sendSome = async (some) => {
    for (let at = 0; at < some; at += 1) {
      const value = 1_000_000 + (count % 1_000_000);
      const event = { name: 'Tick', attributes: [{ name: 'n', type: 'int32', value }] };
      socket.send(encodeEvent(event), port, '127.0.0.1');
      count += 1;
    }
  };
  const send = async (seconds) => {
    const startedAt = performance.now();
    let sent = 0;
    const total = seconds * EVENTS_PER_SECOND;
    while (sent < total) {
      const due = Math.min(total, ((performance.now() - startedAt) / 1000) * EVENTS_PER_SECOND);
      await sendSome(Math.floor(due) - sent);
      sent = Math.floor(due);
      await wait(TICK_MS);
    }
  };
  send.close = () => socket.close();
  return send;
}

async function findUdpPort() {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}
