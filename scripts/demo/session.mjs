import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const VIGIL = 'dist/cli/main.js';
const LOOK_EVERY_MS = 25;
const END_WITHIN_MS = 15_000;
const KEPT_OUTPUT = 20;

/** One `vigil run`, with the events it writes. Emits `event` and `output`. */
export class Session extends EventEmitter {
  events = [];
  stateDirectory = join(mkdtempSync(join(tmpdir(), 'vigil-demo-')), 'state');
  args;
  #child = null;
  #exit = null;
  #look = null;
  #output = [];

  constructor(args) {
    super();
    this.args = ['run', ...args, '--state-dir', this.stateDirectory];
  }

  start() {
    this.#child = spawn(process.execPath, [VIGIL, ...this.args], { cwd: ROOT });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.on('data', (chunk) => this.#onOutput(chunk));
    }
    this.#child.stdin.on('error', () => undefined);
    this.#exit = once(this.#child, 'close').then(([code, signal]) => code ?? signal);
    this.#exit.then(() => this.emit('exit'));
    this.#look = setInterval(() => this.#readEvents(), LOOK_EVERY_MS);
  }

  get monitorPid() {
    return this.#child.pid;
  }

  /** The last lines it printed, for the case that something went wrong. */
  get lastOutput() {
    return this.#output.join('').trim().split('\n').slice(-KEPT_OUTPUT).join('\n');
  }

  /** Writes a line to its console. */
  type(text) {
    this.#child.stdin.write(text);
  }

  /** Ends the session in order, within a deadline; resolves with its exit code. */
  async stop() {
    if (this.#child === null) return null;
    this.#child.kill('SIGTERM');
    const deadline = setTimeout(() => this.#killAll(), END_WITHIN_MS);
    const code = await this.#exit;
    clearTimeout(deadline);
    clearInterval(this.#look);
    this.#readEvents();
    rmSync(join(this.stateDirectory, '..'), { recursive: true, force: true });
    return code;
  }

  #killAll() {
    const pids = [...new Set(this.events.map(({ pid }) => pid))];
    const ended = this.events.filter(({ type }) => type === 'worker.exited').map(({ pid }) => pid);
    for (const pid of [this.#child.pid, ...pids.filter((one) => one && !ended.includes(one))]) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended meanwhile.
      }
    }
  }

  #onOutput(chunk) {
    this.#output.push(chunk.toString());
    this.#output.splice(0, this.#output.length - 200);
    this.emit('output', chunk);
  }

  #readEvents() {
    let lines;
    try {
      lines = readFileSync(join(this.stateDirectory, 'events.jsonl'), 'utf8').split('\n');
    } catch {
      return;
    }
    for (const line of lines.slice(this.events.length, -1)) {
      const event = JSON.parse(line);
      this.events.push(event);
      this.emit('event', event);
    }
  }
}
