import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFreePort } from '../../bench/support/free-port.mjs';
import { ask, post } from '../support/ask.mjs';
import { expectThat } from '../support/broken-promise.mjs';
import { Command } from '../support/command.mjs';
import { eventually } from '../support/eventually.mjs';
import { MemoryWatch } from '../support/memory-watch.mjs';
import { SmallDisk } from '../support/small-disk.mjs';
import { spawnFaults } from './spawn-faults.mjs';
import { SpawnTraffic } from './spawn-traffic.mjs';

const PROGRAMS = fileURLToPath(new URL('./', import.meta.url));
const COMES_WITHIN_MS = 60_000;
const CALLERS = 4;
const PORTS = 6;
// Below those that the kernel gives to anybody, and others for each run.
const FIRST_PORT = 20_000 + (process.pid % 1500) * 8;

const SETTINGS = {
  ...{ stateDirectory: 'state', startDeadlineSeconds: 3, livelinessIntervalSeconds: 0.5 },
  command: [process.execPath, 'on-demand.cjs', '{id}', '{port}', '{liveliness}', '{params.behave}'],
  queue: { max: 100, waitSeconds: 30 },
  logs: { maxBytes: 100_000, keep: 5 },
};

/** On a machine that is busy with something else no server counts as silent. */
const PATIENT = { startDeadlineSeconds: 15, livelinessIntervalSeconds: 10 };

/** `vigil spawner`, callers that use its servers and let them go, and one server that is kept all the time. */
export class SpawnerSubject {
  static faults = spawnFaults;
  static short = [
    'SIGKILL of a server',
    'requests that mean nothing',
    'SIGKILL of the spawner',
    'broken HTTP',
    'broken frames',
    'words for a stranger',
    'a full disk',
    'noise on the port',
  ];
  port;
  disk;
  /** Changes with each process of the spawner. */
  life = 0;
  isAway = false;
  #project;
  #command;
  #callers = [];
  #kept = null;
  #memory = new MemoryWatch();

  static async start(workplace, { isPatient = false } = {}) {
    const subject = new SpawnerSubject();
    subject.#project = workplace.createProject(PROGRAMS);
    subject.port = await findFreePort();
    subject.disk = new SmallDisk(subject.stateDirectory);
    const settings = isPatient ? { ...SETTINGS, ...PATIENT } : SETTINGS;
    const config = { ...settings, port: subject.port, ports: { begin: FIRST_PORT, max: PORTS } };
    writeFileSync(join(subject.#project, 'spawner.config.json'), JSON.stringify(config));
    const args = ['spawner', '-c', 'spawner.config.json'];
    subject.#command = new Command({ workplace, cwd: subject.#project, args });
    await subject.#launch();
    await subject.#keepOne();
    subject.#callers = Array.from({ length: CALLERS }, () => new SpawnTraffic(subject));
    return subject;
  }

  get url() {
    return `http://127.0.0.1:${String(this.port)}`;
  }

  get stateDirectory() {
    return join(this.#project, 'state');
  }

  get pid() {
    return this.#command.pid;
  }

  get summary() {
    const served = this.#callers.reduce((sum, caller) => sum + caller.served, 0);
    return `${String(this.#ended)} requests answered, ${String(served)} servers used`;
  }

  get lastOutput() {
    return this.#command.lastLines;
  }

  get #ended() {
    return this.#callers.reduce((sum, { ended }) => sum + ended, 0);
  }

  findServers() {
    return this.#command.findProcesses().filter((pid) => pid !== this.pid);
  }

  async end(id) {
    await ask(`${this.url}/api/spawns/${id}`, { method: 'DELETE' });
  }

  /** Ends the spawner without a word; its servers go on, and the next one takes them over. */
  async killSpawner(meanwhile = null) {
    const before = meanwhile === null ? await this.#recordedKept() : null;
    this.isAway = true;
    await this.#command.kill();
    meanwhile?.();
    await this.#launch();
    this.isAway = false;
    if (before !== null) await this.#expectAdopted(before);
    await this.#endForgotten();
  }

  /** What must hold after every fault. */
  async check() {
    await this.#awaitReady();
    const before = this.#ended;
    await eventually('servers are started on demand', COMES_WITHIN_MS, () => this.#ended > before);
    this.#checkCallers();
    await eventually('every process belongs to a server that is known', COMES_WITHIN_MS, () =>
      this.#hasNoOrphan(),
    );
    await this.#keepOne();
    this.#memory.check(this.pid);
  }

  async finish() {
    for (const caller of this.#callers) await caller.settle();
    this.#checkCallers();
    for (const { id } of await this.#rows()) await this.end(id);
    await eventually('every port is back', COMES_WITHIN_MS, async () => {
      const status = await ask(`${this.url}/api/status`);
      return status !== null && JSON.parse(status.text).usedSpawnPorts === 0;
    });
    expectThat(this.findServers().length === 0, 'no process holds a port that is back');
    await this.#command.stop();
  }

  async abandon() {
    this.isAway = true;
    await this.#command?.abandon();
    this.disk?.unmount();
  }

  async #launch() {
    this.#command.launch();
    this.life += 1;
    await this.#awaitReady();
  }

  async #awaitReady() {
    await eventually('the spawner is ready', COMES_WITHIN_MS, async () => {
      return (await ask(`${this.url}/readyz`))?.status === 200;
    });
  }

  async #rows() {
    const answer = await ask(`${this.url}/api/spawns`, { withinMs: 20_000 });
    expectThat(answer?.status === 200, 'the spawner lists its servers');
    return JSON.parse(answer.text).spawns;
  }

  async #hasNoOrphan() {
    const found = this.findServers();
    const rows = await this.#rows();
    const alive = rows.filter(({ state }) => state !== 'dead');
    const ports = alive.map(({ port }) => port);
    expectThat(new Set(ports).size === ports.length, 'no port is given to two servers');
    expectThat(ports.length <= PORTS, 'there are no more servers than ports');
    return found.every((pid) => alive.some((row) => row.pid === pid));
  }

  #checkCallers() {
    const [first] = this.#callers.flatMap(({ broken }) => broken);
    expectThat(first === undefined, `what no caller may see: ${String(first)}`);
  }

  /** A server that nobody ends but a fault. */
  async #keepOne() {
    const rows = await this.#rows();
    if (rows.some(({ id, state }) => id === this.#kept?.id && state === 'ready')) return;
    this.#kept = await eventually('a server is started', COMES_WITHIN_MS, async () => {
      const answer = await post(`${this.url}/spawn`, { params: {} }, { withinMs: COMES_WITHIN_MS });
      return answer?.status === 201 ? JSON.parse(answer.text) : null;
    });
  }

  /** The row of the kept server, once the spawner has written down that it is ready; null when a fault has ended it. */
  async #recordedKept() {
    const row = (await this.#rows()).find(({ id }) => id === this.#kept.id);
    if (row?.state !== 'ready') return null;
    await eventually('the record of the servers is written', COMES_WITHIN_MS, () => {
      const { spawns } = JSON.parse(readFileSync(join(this.stateDirectory, 'spawns.json'), 'utf8'));
      return spawns.some(({ id, wasReady }) => id === row.id && wasReady);
    });
    return row;
  }

  /** Those who had asked for them went without an answer: they would keep their ports for ever. */
  async #endForgotten() {
    for (const { id, adopted } of await this.#rows())
      if (adopted && id !== this.#kept?.id) await this.end(id);
  }

  async #expectAdopted(before) {
    const row = (await this.#rows()).find(({ id }) => id === before.id);
    expectThat(
      row?.pid === before.pid && row.adopted && ['ready', 'suspect'].includes(row.state),
      `a living server is taken over: it was ${JSON.stringify(before)}, is ${JSON.stringify(row)}`,
    );
  }
}
