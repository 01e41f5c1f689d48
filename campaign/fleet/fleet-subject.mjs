import { mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFreePort } from '../../bench/support/free-port.mjs';
import { ask } from '../support/ask.mjs';
import { expectThat } from '../support/broken-promise.mjs';
import { Command } from '../support/command.mjs';
import { eventually } from '../support/eventually.mjs';
import { MemoryWatch } from '../support/memory-watch.mjs';
import { readEventLog } from '../support/event-log.mjs';
import { runVigil } from '../support/run-vigil.mjs';
import { signalProcess } from '../support/signal-process.mjs';
import { SmallDisk } from '../support/small-disk.mjs';
import { fleetFaults } from './fleet-faults.mjs';

const PROGRAMS = fileURLToPath(new URL('./', import.meta.url));
/** One that hangs before it has found a new master is taken for that after two minutes. */
const COMES_WITHIN_MS = 180_000;
const IDS = ['gate-1', 'chat-1', 'chat-2', 'store-1'];
const LOOK_EVERY_MS = 300;
const SOON_MS = 3000;

const SETTINGS = { silenceSeconds: 6, stopDeadlineSeconds: 10 };
/** On a machine that is busy with something else no server counts as silent. */
const PATIENT = { silenceSeconds: 120, stopDeadlineSeconds: 60 };

/** `vigil fleet start -e production`, with a look at its processes again and again. */
export class FleetSubject {
  static faults = fleetFaults;
  static short = [
    'SIGKILL of a server',
    'broken MQTT',
    'SIGKILL of the master',
    'noise on the port',
    'a restart of one server',
  ];
  ids = IDS;
  port;
  healthPort;
  disk;
  #workplace;
  #base;
  #ports = {};
  #command;
  #pids = {};
  #others = new Set();
  #doubles = [];
  #looks = 0;
  #looking;
  #memory = new MemoryWatch();

  static async start(workplace, { isPatient = false } = {}) {
    const subject = new FleetSubject();
    subject.#workplace = workplace;
    subject.#base = workplace.createProject(PROGRAMS);
    await subject.#writeConfig(isPatient ? PATIENT : SETTINGS);
    mkdirSync(subject.stateDirectory, { recursive: true });
    subject.disk = new SmallDisk(subject.stateDirectory);
    const args = ['fleet', 'start', '-e', 'production'];
    subject.#command = new Command({ workplace, cwd: subject.#base, args });
    subject.#command.launch();
    subject.#others = new Set(IDS);
    subject.#looking = setInterval(() => subject.#lookForDoubles(), LOOK_EVERY_MS);
    await subject.check();
    return subject;
  }

  get stateDirectory() {
    return join(this.#base, '.vigil/fleet-production');
  }

  /** It is a child of the command, which shows what all of them write. */
  get masterPid() {
    return Number(readlinkSync(join(this.stateDirectory, 'lock')).split('-')[0]);
  }

  get summary() {
    const started = this.#events().filter(({ type }) => type === 'server.ready').length;
    return `servers were ready ${String(started)} times, ${String(this.#looks)} looks found none twice`;
  }

  get lastOutput() {
    return this.#command.lastLines;
  }

  pidOf(id) {
    return this.#pids[id];
  }

  urlOf(id) {
    return `http://127.0.0.1:${String(this.#ports[id])}`;
  }

  fileThatBreaks(id) {
    return join(this.#base, `broken-${id}`);
  }

  /** From now on this server may have another process. */
  expectOther(id) {
    this.#others.add(id);
  }

  countEvents(type, id) {
    return this.#events().filter((event) => event.type === type && event.id === id).length;
  }

  start(id) {
    return this.vigil('start', '-e', 'production', '-i', id);
  }

  vigil(verb, ...words) {
    return runVigil(this.#workplace, this.#base, ['fleet', verb, ...words]);
  }

  /** Ends the master without a word, and starts another. */
  async replaceMaster(meanwhile = null) {
    signalProcess(this.masterPid, 'SIGKILL');
    await this.#command.awaitExit();
    meanwhile?.();
    this.#command.launch();
    await this.#awaitMaster();
  }

  /** What must hold after every fault. */
  async check() {
    await this.#awaitMaster();
    const pids = {};
    for (const id of IDS) pids[id] = await this.#awaitServer(id);
    for (const id of IDS)
      if (!this.#others.has(id))
        expectThat(
          pids[id] === this.#pids[id],
          `${id} was not touched and has kept its process: it was ${String(this.#pids[id])}, is ${String(pids[id])}`,
        );
    this.#pids = pids;
    this.#others.clear();
    await this.#checkList();
    expectThat(this.#doubles.length === 0, `no server is there twice: ${String(this.#doubles[0])}`);
    this.#memory.check(this.masterPid);
  }

  async finish() {
    await this.#command.stop();
  }

  async abandon() {
    clearInterval(this.#looking);
    await this.#command?.abandon();
    this.disk?.unmount();
  }

  async #writeConfig(settings) {
    this.port = await findFreePort();
    this.healthPort = await findFreePort();
    const master = {
      ...{ id: 'master-server-1', host: '127.0.0.1', port: this.port },
      ...{ adminHttpPort: this.healthPort, ...settings },
    };
    const servers = {};
    for (const id of IDS) {
      this.#ports[id] = await findFreePort();
      const type = id.replace(/-\d+$/, '');
      servers[type] ??= [];
      servers[type].push({ id, host: '127.0.0.1', port: this.#ports[id] });
    }
    mkdirSync(join(this.#base, 'config'));
    for (const [name, content] of Object.entries({ master, servers }))
      writeFileSync(
        join(this.#base, 'config', `${name}.json`),
        JSON.stringify({ production: content }),
      );
  }

  async #awaitMaster() {
    await eventually('the master answers', COMES_WITHIN_MS, async () => {
      return (await ask(`http://127.0.0.1:${String(this.healthPort)}/healthz`))?.status === 200;
    });
  }

  /** Resolves with its process, once the server answers and the master knows it for ready. */
  async #awaitServer(id) {
    let isHurried = false;
    return eventually(
      () => `${id} is ready: ${JSON.stringify(this.#lastStateOf(id))}`,
      COMES_WITHIN_MS,
      async () => {
        const state = this.#lastStateOf(id);
        // Whoever has ended often waits long; an operator need not.
        if (!isHurried && (state?.retry?.delayMs ?? 0) > SOON_MS && this.#others.has(id)) {
          isHurried = true;
          await this.start(id);
        }
        const answer = await ask(this.urlOf(id));
        if (answer === null) return null;
        const about = JSON.parse(answer.text);
        expectThat(about.id === id, `at the port of ${id} there is ${String(about.id)}`);
        const isFormer = this.#others.has(id) && about.pid === this.#pids[id];
        return this.#readyPids().get(id) === about.pid && !isFormer ? about.pid : null;
      },
    );
  }

  /** `vigil fleet list` shows each server once, with the process that it has. */
  async #checkList() {
    await eventually('the list shows every server', COMES_WITHIN_MS, async () => {
      const { code, output } = await this.vigil('list', '--json');
      if (code !== 0) return null;
      const rows = JSON.parse(output).filter(({ id }) => IDS.includes(id));
      return (
        rows.length === IDS.length &&
        rows.every(({ id, pid, state }) => state === 'up' && pid === this.#pids[id])
      );
    });
  }

  #lookForDoubles() {
    this.#looks += 1;
    const seen = new Set();
    for (const pid of this.#command.findProcesses()) {
      const id = readServerId(pid);
      if (id === null) continue;
      if (seen.has(id)) this.#doubles.push(id);
      seen.add(id);
    }
  }

  #events() {
    return readEventLog(join(this.stateDirectory, 'events.jsonl'));
  }

  #lastStateOf(id) {
    return this.#events().findLast((event) => event.id === id && event.type.startsWith('server.'));
  }

  #readyPids() {
    const ready = this.#events().filter(({ type }) => type === 'server.ready');
    return new Map(ready.map(({ id, pid }) => [id, pid]));
  }
}

function readServerId(pid) {
  try {
    const words = readFileSync(`/proc/${String(pid)}/cmdline`, 'latin1').split('\0');
    return words.find((word) => word.startsWith('id='))?.slice(3) ?? null;
  } catch {
    return null;
  }
}
