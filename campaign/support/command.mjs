import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { findMarked } from '../../bench/support/process-facts.mjs';
import { within } from '../../bench/support/within.mjs';
import { expectThat } from './broken-promise.mjs';
import { eventually } from './eventually.mjs';
import { patiently } from './patience.mjs';

const KEPT_LINES = 40;
const ENDS_WITHIN_MS = 30_000;

/** A command of `vigil` that can be killed and started again, and all that it starts. */
export class Command {
  lines = [];
  #mark = { name: 'VIGIL_CAMPAIGN', value: randomUUID() };
  #place;
  #child;
  #exit;

  /** @param place - `workplace`, `cwd`, `args`, and what is added to the environment */
  constructor(place) {
    this.#place = place;
  }

  get pid() {
    return this.#child.pid;
  }

  get lastLines() {
    return this.lines.slice(-KEPT_LINES);
  }

  launch() {
    const { workplace, cwd, args, env = {} } = this.#place;
    const marks = Object.fromEntries(
      [workplace.mark, this.#mark].map(({ name, value }) => [name, value]),
    );
    this.#child = spawn(process.execPath, [join(workplace.vigil, 'dist/cli/main.js'), ...args], {
      cwd,
      env: { ...process.env, ...env, ...marks },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#exit = once(this.#child, 'exit');
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream.setEncoding('utf8').on('data', (text) => this.#note(text));
  }

  signal(signal) {
    this.#child.kill(signal);
  }

  /** Ends the command without a word. */
  async kill() {
    this.#child.kill('SIGKILL');
    await this.#exit;
  }

  /** Resolves when it has ended by itself; @throws BrokenPromise when it does not. */
  async awaitExit() {
    const ending = await within(patiently(ENDS_WITHIN_MS), this.#exit);
    expectThat(ending !== null, 'it ends soon by itself');
  }

  /** It and all that it has started. */
  findProcesses() {
    return findMarked(`${this.#mark.name}=${this.#mark.value}`);
  }

  /** Resolves when all that it has started has ended; @throws BrokenPromise when something lives on. */
  async awaitNobody(what) {
    await eventually(what, ENDS_WITHIN_MS, () => this.findProcesses().length === 0);
  }

  /** Ends it in order; @throws BrokenPromise unless it does so, with code 0, and leaves nothing behind. */
  async stop() {
    this.#child.kill('SIGTERM');
    const ending = await within(patiently(ENDS_WITHIN_MS), this.#exit);
    expectThat(ending !== null, 'it ends soon after SIGTERM');
    expectThat(
      ending[0] === 0,
      `it ends with code 0 when asked, not ${String(ending[0] ?? ending[1])}`,
    );
    await this.awaitNobody('no process is left of it');
  }

  /** Whatever state it is in. */
  async abandon() {
    await this.#place.workplace.endProcesses(this.#mark);
  }

  #note(text) {
    this.lines.push(...text.trimEnd().split('\n'));
    if (this.lines.length > 10 * KEPT_LINES) this.lines.splice(0, 9 * KEPT_LINES);
  }
}
