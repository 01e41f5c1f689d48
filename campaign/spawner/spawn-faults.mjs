import { connect } from 'node:net';
import { pause } from '../../bench/support/pause.mjs';
import { ask, post } from '../support/ask.mjs';
import { damageOneOf } from '../support/files-of-state.mjs';
import { sendBrokenFrames, sendBrokenHttp, sendNoise } from '../support/noise.mjs';
import { pauseProcess, signalProcess } from '../support/signal-process.mjs';

/** What is thrown at a spawner and its servers. */
export const spawnFaults = [
  { name: 'SIGKILL of a server', strike: signalOne('SIGKILL'), weight: 2 },
  { name: 'SIGTERM of a server', strike: signalOne('SIGTERM') },
  { name: 'SIGSTOP of a server', strike: signalOne('SIGSTOP') },
  { name: 'SIGSTOP and SIGCONT of a server', strike: pauseOne },
  { name: 'SIGKILL of the spawner', strike: (subject) => subject.killSpawner(), weight: 2 },
  { name: 'SIGSTOP and SIGCONT of the spawner', strike: pauseSpawner },
  { name: 'a damaged file of state', strike: damageState },
  { name: 'a full disk', strike: fillDisk },
  { name: 'noise on the port', strike: ({ port }, random) => sendNoise(port, random) },
  { name: 'broken HTTP', strike: ({ port }, random) => sendBrokenHttp(port, random), weight: 2 },
  {
    name: 'broken frames',
    strike: ({ port }, random) => sendBrokenFrames(port, '/proxy/x', random),
  },
  { name: 'requests that mean nothing', strike: sendNonsense },
  { name: 'words for a stranger', strike: sayNonsense },
  { name: 'callers that hang up', strike: hangUp },
  { name: 'many callers at once', strike: crowd },
];

function signalOne(signal) {
  return async (subject, random) => {
    const pids = subject.findServers();
    if (pids.length > 0) signalProcess(random.pick(pids), signal);
  };
}

async function pauseOne(subject, random) {
  const pids = subject.findServers();
  if (pids.length > 0) await pauseProcess(random.pick(pids), 100 + random.integer(1500));
}

async function pauseSpawner({ pid }, random) {
  await pauseProcess(pid, 100 + random.integer(1200));
}

async function damageState(subject, random) {
  await subject.killSpawner(() => damageOneOf(subject.stateDirectory, random));
}

async function fillDisk({ disk }, random) {
  disk.fill();
  await pause(300 + random.integer(1000));
  disk.empty();
}

const BODIES = [
  '',
  '{',
  'null',
  '[]',
  '{"params":7}',
  '{"params":{"behave":["a","b"]}}',
  '{"params":{"behave":"--inspect"}}',
  '{"params":{"behave":"exits\\u0000"}}',
  '{"rendererType":"__proto__"}',
  `{"params":{"behave":"${'x'.repeat(2_000_000)}"}}`,
];

async function sendNonsense({ url }, random) {
  for (let count = 0; count < 10; count += 1)
    await ask(`${url}/spawn`, { method: 'POST', body: random.pick(BODIES), withinMs: 20_000 });
}

async function sayNonsense({ url }, random) {
  for (const word of ['ready', 'ping', 'disconnect', 'nothing', '%00']) {
    const id = random.bytes(8).toString('hex');
    await ask(`${url}/liveliness/${id}?liveliness=${word}`, { method: 'POST' });
    await ask(`${url}/api/spawns/${id}?liveliness=${word}`, { method: 'POST' });
  }
}

async function hangUp({ port }, random) {
  const body = '{"params":{"behave":"never-ready"}}';
  const head = `POST /spawn HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${String(body.length)}\r\n\r\n`;
  for (let count = 0; count < 3; count += 1) {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    socket.resume().write(head + body);
    await pause(random.integer(200));
    socket.destroy();
  }
}

async function crowd(subject) {
  const all = Array.from({ length: 30 }, () =>
    post(`${subject.url}/spawn`, { params: { behave: '' } }, { withinMs: 60_000 }),
  );
  for (const answer of await Promise.all(all))
    if (answer?.status === 201) await subject.end(JSON.parse(answer.text).id);
}
