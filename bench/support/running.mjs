import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { awaitServer } from './await-server.mjs';
import { findFreePort } from './free-port.mjs';

const END_WITHIN_MS = 5000;
const KEPT_OUTPUT = 4000;

/** One contender, started in a directory and on a port of its own. */
export class Running {
  port;
  startedAt;
  #contender;
  #workplace;
  #project;
  #child;
  #exit;
  #output = '';

  /**
   * Starts a contender for as long as `use` takes; no process of it stays behind.
   *
   * @param place.mail - the options of a contender that sends mails, or null
   */
  static async use(contender, { workplace, mail = null }, use) {
    const running = new Running(contender, workplace);
    running.port = await findFreePort();
    running.#spawn(contender.command({ vigil: workplace.vigil, mail, port: running.port }));
    try {
      return await use(running);
    } finally {
      await running.#stop();
    }
  }

  constructor(contender, workplace) {
    this.#contender = contender;
    this.#workplace = workplace;
    this.#project = workplace.createProject();
  }

  get supervisorPid() {
    return this.#contender.findSupervisor?.(this.#project) ?? this.#child.pid;
  }

  /** Resolves with the process id of the server that answers first, and when it did; null when none does. */
  async awaitServer(otherThan = null) {
    const answer = await awaitServer({ port: this.port, otherThan });
    if (answer === null && otherThan === null) {
      throw new Error(`${this.#contender.name} never served: ${this.#output.trim()}`);
    }
    return answer;
  }

  async #stop() {
    const deadline = setTimeout(() => this.#child.kill('SIGKILL'), END_WITHIN_MS);
    if (this.#contender.stop) await this.#contender.stop(this.#project);
    else this.#child.kill('SIGTERM');
    await this.#exit;
    clearTimeout(deadline);
    await this.#workplace.endProcesses();
  }

  #spawn({ args, env }) {
    const { name, value } = this.#workplace.mark;
    this.startedAt = performance.now();
    this.#child = spawn(process.execPath, args, {
      cwd: this.#project,
      env: { ...process.env, PORT: String(this.port), [name]: value, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // Not "close": a server that outlives its supervisor holds the pipes open.
    this.#exit = once(this.#child, 'exit');
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.on('data', (chunk) => {
        this.#output = (this.#output + chunk).slice(-KEPT_OUTPUT);
      });
    }
  }
}
