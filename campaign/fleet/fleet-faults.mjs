import { rmSync, writeFileSync } from 'node:fs';
import { pause } from '../../bench/support/pause.mjs';
import { ask } from '../support/ask.mjs';
import { expectThat } from '../support/broken-promise.mjs';
import { eventually } from '../support/eventually.mjs';
import { damageOneOf } from '../support/files-of-state.mjs';
import { sendBrokenHttp, sendBrokenMqtt, sendNoise } from '../support/noise.mjs';
import { isRunning, pauseProcess, signalProcess } from '../support/signal-process.mjs';

const HAPPENS_WITHIN_MS = 90_000;

/** What is thrown at a fleet. */
export const fleetFaults = [
  { name: 'SIGKILL of a server', strike: signalOne('SIGKILL'), weight: 2 },
  { name: 'SIGTERM of a server', strike: signalOne('SIGTERM') },
  { name: 'SIGSTOP of a server', strike: signalOne('SIGSTOP'), weight: 0.5 },
  { name: 'SIGSTOP and SIGCONT of a server', strike: pauseOne },
  { name: 'an exception in a server', strike: hitOne('/throw') },
  { name: 'an endless loop in a server', strike: hitOne('/hang'), weight: 0.5 },
  { name: 'SIGKILL of the master', strike: (subject) => subject.replaceMaster(), weight: 3 },
  { name: 'SIGKILL of the master and of a server', strike: killBoth },
  { name: 'SIGSTOP and SIGCONT of the master', strike: pauseMaster },
  { name: 'a damaged file of state', strike: damageState },
  { name: 'a full disk', strike: fillDisk },
  { name: 'broken MQTT', strike: ({ port }, random) => sendBrokenMqtt(port, random), weight: 2 },
  { name: 'noise on the port', strike: ({ port }, random) => sendNoise(port, random) },
  {
    name: 'broken HTTP on the port of health',
    strike: ({ healthPort }, random) => sendBrokenHttp(healthPort, random),
  },
  { name: 'connections that say nothing', strike: knock },
  { name: 'a restart of one server', strike: restartOne },
  { name: 'a stop and a start of one server', strike: stopAndStart },
  { name: 'a server that cannot start', strike: breakOne, weight: 0.3 },
];

function signalOne(signal) {
  return (subject, random) => {
    const id = random.pick(subject.ids);
    subject.expectOther(id);
    signalProcess(subject.pidOf(id), signal);
  };
}

async function pauseOne(subject, random) {
  await pauseProcess(subject.pidOf(random.pick(subject.ids)), 100 + random.integer(1500));
}

function hitOne(route) {
  return async (subject, random) => {
    const id = random.pick(subject.ids);
    subject.expectOther(id);
    await ask(`${subject.urlOf(id)}${route}`);
  };
}

async function killBoth(subject, random) {
  const id = random.pick(subject.ids);
  subject.expectOther(id);
  await subject.replaceMaster(() => signalProcess(subject.pidOf(id), 'SIGKILL'));
}

async function pauseMaster({ masterPid }, random) {
  await pauseProcess(masterPid, 100 + random.integer(2500));
}

async function damageState(subject, random) {
  await subject.replaceMaster(() => damageOneOf(subject.stateDirectory, random));
}

async function fillDisk({ disk }, random) {
  disk.fill();
  await pause(300 + random.integer(700));
  disk.empty();
}

async function knock({ port }, random) {
  await Promise.all(Array.from({ length: 20 }, () => sendNoise(port, random)));
}

async function restartOne(subject, random) {
  const id = random.pick(subject.ids);
  subject.expectOther(id);
  await subject.vigil('restart', '-i', id);
}

async function stopAndStart(subject, random) {
  const id = random.pick(subject.ids);
  const pid = subject.pidOf(id);
  subject.expectOther(id);
  const stopped = await subject.vigil('stop', id);
  expectThat(stopped.code === 0, `one server is stopped: ${stopped.output}`);
  expectThat(!isRunning(pid), 'nothing is left of a server that was stopped');
  const started = await subject.start(id);
  expectThat(started.code === 0, `one server is started: ${started.output}`);
}

/** It crashes each time, until the breaker opens; then it is mended. */
async function breakOne(subject, random) {
  const id = random.pick(subject.ids);
  subject.expectOther(id);
  const file = subject.fileThatBreaks(id);
  writeFileSync(file, '');
  const from = subject.countEvents('server.broken', id);
  signalProcess(subject.pidOf(id), 'SIGKILL');
  await eventually(`${id}, which crashes again and again, is broken`, HAPPENS_WITHIN_MS, () =>
    subject.countEvents('server.broken', id) > from ? true : null,
  );
  rmSync(file);
}
