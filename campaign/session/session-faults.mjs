import { appendFileSync, existsSync, readdirSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { pause } from '../../bench/support/pause.mjs';
import { eventually } from '../support/eventually.mjs';

/** What is thrown at a session; each says what may be told of a death that it causes. */
// A heap that is nearly full is collected again and again: the loop may be found stuck before it is exhausted.
export const sessionFaults = [
  { name: 'SIGKILL of the server', strike: signalServer('SIGKILL', ['signal']), weight: 2 },
  { name: 'SIGSEGV of the server', strike: signalServer('SIGSEGV', ['signal']) },
  { name: 'SIGABRT of the server', strike: signalServer('SIGABRT', ['signal']) },
  { name: 'SIGSTOP of the server', strike: signalServer('SIGSTOP', ['hang']) },
  { name: 'an exception', strike: hit('/throw', ['crash']), weight: 2 },
  { name: 'a rejection', strike: hit('/reject', ['rejection']) },
  { name: 'an exit', strike: hit('/exit', ['exit']) },
  { name: 'an exit with code 0', strike: hit('/leave', ['clean-exit']) },
  { name: 'an abort', strike: hit('/abort', ['signal']) },
  { name: 'an endless loop', strike: hit('/loop', ['hang']) },
  { name: 'an exhausted heap', strike: hit('/grow', ['oom-heap', 'hang']) },
  { name: 'a reload', strike: reload, weight: 2 },
  { name: 'SIGSTOP and SIGCONT of the monitor', strike: pauseMonitor },
  { name: 'SIGKILL of the monitor', strike: killMonitor },
  { name: 'noise on the port of the server', strike: noiseOnPort },
  { name: 'noise on the control socket', strike: noiseOnSocket },
  { name: 'a damaged event log', strike: damage('events.jsonl') },
  { name: 'a damaged file of state', strike: damageAny },
  { name: 'a mail server that refuses', strike: post('refusing') },
  { name: 'a mail server that lets wait', strike: post('silent') },
  { name: 'a mail server that works', strike: post('open') },
];

function signalServer(signal, causes) {
  return async (subject) => {
    const pid = await subject.awaitServer();
    subject.expected.push(causes);
    process.kill(pid, signal);
    await subject.awaitServer(pid);
  };
}

function hit(route, causes) {
  return async (subject) => {
    const pid = await subject.awaitServer();
    subject.expected.push(causes);
    await subject.hit(route);
    await subject.awaitServer(pid);
  };
}

async function reload(subject) {
  const pid = await subject.awaitServer();
  subject.expected.push(['reload']);
  process.kill(subject.monitorPid, 'SIGHUP');
  await subject.awaitServer(pid);
}

async function pauseMonitor(subject, random) {
  process.kill(subject.monitorPid, 'SIGSTOP');
  await pause(200 + random.integer(3000));
  process.kill(subject.monitorPid, 'SIGCONT');
}

async function killMonitor(subject) {
  await subject.killMonitor();
}

async function noiseOnPort({ port }, random) {
  await sendNoise({ port, host: '127.0.0.1' }, random);
}

async function noiseOnSocket({ stateDirectory }, random) {
  const path = readdirSync(stateDirectory)
    .map((name) => join(stateDirectory, name))
    .find((file) => statSync(file).isSocket());
  if (path !== undefined) await sendNoise({ path }, random);
}

function damage(name) {
  return ({ stateDirectory }, random) => {
    const file = join(stateDirectory, name);
    if (existsSync(file)) appendFileSync(file, random.bytes(1 + random.integer(200)));
  };
}

/** One of those that are read again at the next start. */
function damageAny({ stateDirectory }, random) {
  const files = readdirSync(stateDirectory)
    .filter((name) => name.endsWith('.json'))
    .sort();
  if (files.length > 0) appendFileSync(join(stateDirectory, random.pick(files)), random.bytes(50));
}

function post(mode) {
  return ({ postOffice }) => {
    postOffice.mode = mode;
  };
}

/** Bytes that mean nothing; the other end may end the connection whenever it likes. */
async function sendNoise(address, random) {
  const socket = connect(address);
  let isOver = false;
  socket.on('error', () => undefined).once('close', () => (isOver = true));
  socket.write(random.bytes(1 + random.integer(5000)));
  socket.write('\r\n\r\n{"jsonrpc":\n[[[[');
  socket.end();
  socket.resume();
  await eventually('a connection with noise on it is ended', 20_000, () => (isOver ? true : null));
}
