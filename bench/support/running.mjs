import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { awaitServer } from './await-server.mjs';
import { findFreePort } from './free-port.mjs';
import { findMarked } from './process-facts.mjs';

const END_WITHIN_MS = 5000;
const KEPT_OUTPUT = 4000;
const OWN_MARK = 'VIGIL_BENCH_RUNNING';

/** One contender, started in a directory and on a port of its own. */
export class Running {
  port;
  startedAt;
  contender;
  #mark = randomUUID();
  #command;
  #env;
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
  static async use(contender, place, use) {
    const running = await Running.start(contender, place);
    try {
      return await use(running);
    } finally {
      await running.#stop();
    }
  }

  /**
   * Starts a contender that `kill` ends.
   *
   * @param place - `workplace`, and whatever else the command of the contender wants to know
   */
  static async start(contender, { workplace, mail = null, ...wishes }) {
    const running = new Running(contender, workplace);
    running.port = await findFreePort();
    const place = { vigil: workplace.vigil, mail, port: running.port, project: running.#project };
    running.#command = contender.command({ ...place, ...wishes });
    running.#spawn();
    return running;
  }

  constructor(contender, workplace) {
    this.contender = contender;
    this.#workplace = workplace;
    this.#project = workplace.createProject(contender.programs);
  }

  get supervisorPid() {
    return this.#child.pid;
  }

  /** The last of what the contender has printed. */
  get output() {
    return this.#output;
  }

  signal(signal) {
    this.#child.kill(signal);
  }

  /** Runs `node args…` where the contender runs, as its operator would; resolves with its exit code. */
  async operate(decideArgs) {
    const [code] = await once(this.#spawnNode(decideArgs(this.#env)), 'exit');
    return code;
  }

  /** Stops the contender, and starts it as it was started. */
  async startAgain() {
    this.#child.kill('SIGTERM');
    await this.#exit;
    this.#spawn();
  }

  /** All of its processes, the server's included. */
  findProcesses() {
    return findMarked(`${OWN_MARK}=${this.#mark}`);
  }

  /** Ends all of its processes at once. */
  async kill() {
    await this.#workplace.endProcesses({ name: OWN_MARK, value: this.#mark });
  }

  /** Resolves with the process id of the server that answers first, and when it did; null when none does. */
  async awaitServer(otherThan = null) {
    const answer = await awaitServer({ port: this.port, otherThan });
    if (answer === null && otherThan === null) {
      throw new Error(`${this.contender.name} never served: ${this.#output.trim()}`);
    }
    return answer;
  }

  async #stop() {
    const deadline = setTimeout(() => this.#child.kill('SIGKILL'), END_WITHIN_MS);
    this.#child.kill('SIGTERM');
    await this.#exit;
    clearTimeout(deadline);
    await this.kill();
  }

  #spawn() {
    const { args, env } = this.#command;
    const { name, value } = this.#workplace.mark;
    const marks = { [name]: value, [OWN_MARK]: this.#mark };
    this.#env = { ...process.env, PORT: String(this.port), ...marks, ...env };
    this.startedAt = performance.now();
    this.#child = this.#spawnNode(args);
    // Not "close": a server that outlives its supervisor holds the pipes open.
    this.#exit = once(this.#child, 'exit');
  }

  #spawnNode(args) {
    const child = spawn(process.execPath, args, {
      cwd: this.#project,
      env: this.#env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        this.#output = (this.#output + chunk).slice(-KEPT_OUTPUT);
      });
    }
    return child;
  }
}
