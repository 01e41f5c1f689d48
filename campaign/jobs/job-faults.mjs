import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { pause } from '../../bench/support/pause.mjs';

/** What is thrown at a server of jobs. */
export const jobFaults = [
  { name: 'nothing for a moment', strike: (_subject, random) => pause(random.integer(500)) },
  { name: 'SIGKILL of a worker', strike: killWorker, weight: 3 },
  { name: 'SIGSTOP and SIGCONT of a worker', strike: pauseWorker },
  { name: 'SIGKILL of everything', strike: killAll, weight: 2 },
  { name: 'noise on the port', strike: sendNoise },
  { name: 'a client that breaks the protocol', strike: sendNonsense },
  { name: 'clients that go away with jobs under way', strike: leave },
];

function killWorker(subject, random) {
  const workers = subject.findWorkers();
  if (workers.length > 0) process.kill(random.pick(workers), 'SIGKILL');
}

async function pauseWorker(subject, random) {
  const workers = subject.findWorkers();
  if (workers.length === 0) return;
  const pid = random.pick(workers);
  process.kill(pid, 'SIGSTOP');
  await pause(100 + random.integer(1500));
  try {
    process.kill(pid, 'SIGCONT');
  } catch {
    // It was ended meanwhile.
  }
}

async function killAll(subject) {
  await subject.killAll();
}

function sendNoise({ port }, random) {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  socket.end(random.bytes(1 + random.integer(3000)));
  socket.resume();
}

const NONSENSE = [
  '{',
  '[]',
  'null',
  '{"type":"job"}',
  '{"type":"job","id":1,"name":"echo"}',
  '{"type":"job","id":"x","name":"__proto__","priority":99}',
  '{"type":"cancel","id":"nothing"}',
  '{"type":"resume","session":"guessed"}',
  '{"type":"ack"}',
  `{"type":"job","id":"big","name":"echo","args":"${'x'.repeat(200_000)}"}`,
];

async function sendNonsense(subject, random) {
  const socket = await subject.openSocket();
  if (socket === null) return;
  for (let count = 0; count < 20; count++) socket.send(random.pick(NONSENSE));
  socket.send(random.bytes(100), { binary: true });
  await pause(50);
  socket.terminate();
}

async function leave(subject, random) {
  for (let count = 0; count < 5; count++) {
    const socket = await subject.openSocket();
    const args = { ms: random.integer(300) };
    socket?.send(JSON.stringify({ type: 'job', id: randomUUID(), name: 'slow', args }));
    await pause(10);
    socket?.terminate();
  }
}
