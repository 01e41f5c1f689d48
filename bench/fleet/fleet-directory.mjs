import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findFreePort } from '../support/free-port.mjs';

export const PROGRAMS = fileURLToPath(new URL('programs/', import.meta.url));
export const ENV = 'production';
const TYPE = 'web';
/** Of the servers, which only name it: below all that `findFreePort` gives. */
const FIRST_PORT = 10_000;
const WITHIN_MS = 120_000;
const START = `fleet start -e ${ENV}`;

/** The directory of an application, whose servers tell us when they run, and the fleet it may be started as. */
export class FleetDirectory {
  #project;
  #vigil;
  #env;
  #count;
  #port;
  #told;
  #listener;

  /** Gives `use` a directory of a fleet of so many servers; no process of it stays behind. */
  static async use({ workplace, servers }, use) {
    const directory = new FleetDirectory(workplace, servers);
    await directory.#open();
    try {
      return await use(directory);
    } finally {
      await workplace.endProcesses();
      directory.#listener.close();
      rmSync(directory.#project, { recursive: true, force: true });
    }
  }

  constructor(workplace, servers) {
    this.#project = workplace.createProject(PROGRAMS);
    this.#vigil = join(workplace.vigil, 'dist/cli/main.js');
    this.#env = { ...process.env, [workplace.mark.name]: workplace.mark.value };
    this.#count = servers;
  }

  async #open() {
    this.#listener = createServer((socket) => {
      let text = '';
      socket.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      socket.on('end', () => this.#told?.(text.trim())).on('error', () => undefined);
    }).listen(0, '127.0.0.1');
    await once(this.#listener, 'listening');
    this.#env.BENCH_PORT = String(this.#listener.address().port);
    this.#port = await findFreePort();
    const config = join(this.#project, 'config');
    mkdirSync(config);
    const master = { id: 'master-server-1', host: '127.0.0.1', port: this.#port };
    const entry = { host: '127.0.0.1', port: `${FIRST_PORT}++`, clusterCount: this.#count };
    writeFileSync(join(config, 'master.json'), JSON.stringify({ [ENV]: master }));
    writeFileSync(join(config, 'servers.json'), JSON.stringify({ [ENV]: { [TYPE]: [entry] } }));
  }

  /** Milliseconds from the start of this shell script until all servers have told that they run. */
  async timeShell(script) {
    const all = this.#awaitAll();
    const startedAt = performance.now();
    const shell = spawn('sh', ['-c', script], { ...this.#place, stdio: 'ignore' });
    await all;
    const took = performance.now() - startedAt;
    // In the background it leaves its children running: they are ended by their mark.
    shell.unref();
    return took;
  }

  /** A loop over the processes that a master would start; each registers at the master that runs. */
  get loop() {
    const words = `env=${ENV} id=cluster-server-${TYPE}-$i host=127.0.0.1 port=$((${FIRST_PORT} + i)) serverType=${TYPE}`;
    return this.#loopOf(`app.js ${words}`);
  }

  /** The same without any master: they neither wait for one nor register. */
  get loneLoop() {
    return `export BENCH_ALONE=1; ${this.loop}`;
  }

  get bareLoop() {
    return this.#loopOf(`bare.js cluster-server-${TYPE}-$i`);
  }

  /** The command that starts the fleet, as its operator would give it. */
  get command() {
    return `"${process.execPath}" "${this.#vigil}" ${START} -D`;
  }

  /** The same, where a master runs that has started nobody. */
  get typeCommand() {
    return `"${process.execPath}" "${this.#vigil}" fleet start -e ${ENV} -t ${TYPE}`;
  }

  /** A session for each, as a master gives its servers: the system shares the processors out among sessions. */
  #loopOf(words) {
    return `i=0; while [ $i -lt ${this.#count} ]; do setsid "${process.execPath}" ${words} & i=$((i + 1)); done; wait`;
  }

  /** Starts a master that starts nobody. */
  async startMaster() {
    await this.timeVigil('start', '-e', ENV, '-D', '-t', 'master');
  }

  /** Starts the fleet, and resolves when every server runs. */
  async start() {
    await this.timeShell(this.command);
  }

  /** Runs a command of a fleet to its end, and says how long it took. */
  async timeVigil(...words) {
    const startedAt = performance.now();
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, [this.#vigil, 'fleet', ...words], this.#place);
    return { took: performance.now() - startedAt, stdout };
  }

  async findMaster() {
    const { stdout } = await this.timeVigil('list', '--json');
    return JSON.parse(stdout).find(({ type }) => type === 'master').pid;
  }

  /** The state of an ended fleet is not taken over by the next one. */
  forget() {
    for (const name of ['.vigil', 'logs'])
      rmSync(join(this.#project, name), { recursive: true, force: true });
  }

  get #place() {
    return { cwd: this.#project, env: this.#env, maxBuffer: 10_000_000 };
  }

  #awaitAll() {
    const waiting = new Set();
    for (let index = 0; index < this.#count; index += 1)
      waiting.add(`cluster-server-${TYPE}-${index}`);
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => {
        reject(new Error(`servers that never ran: ${waiting.size} of ${this.#count}`));
      }, WITHIN_MS);
      this.#told = (id) => {
        waiting.delete(id);
        if (waiting.size > 0) return;
        clearTimeout(deadline);
        resolve();
      };
    });
  }
}
