import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { findFreePort } from '../../bench/support/free-port.mjs';
import { expectThat } from '../support/broken-promise.mjs';
import { Command } from '../support/command.mjs';
import { eventually } from '../support/eventually.mjs';
import { MemoryWatch } from '../support/memory-watch.mjs';
import { jobFaults } from './job-faults.mjs';
import { JobTraffic } from './job-traffic.mjs';

const PROGRAMS = fileURLToPath(new URL('./', import.meta.url));
const SERVES_WITHIN_MS = 30_000;
const GOES_ON_WITHIN_MS = 30_000;

/** `vigil jobs serve` on its durable broker, with two clients that use the same ids. */
export class JobsSubject {
  static faults = jobFaults;
  static short = [
    'SIGKILL of a worker',
    'a client that breaks the protocol',
    'noise on the port',
    'SIGKILL of everything',
    'clients that go away with jobs under way',
  ];
  port;
  #command;
  #clients = [];
  #memory = new MemoryWatch();

  static async start(workplace) {
    const subject = new JobsSubject();
    const cwd = workplace.createProject(PROGRAMS);
    subject.port = await findFreePort();
    // What a fault of the campaign ends beside a job is not to be held against the job.
    const args = ['jobs', 'serve', 'handlers.cjs', '-p', String(subject.port), '--workers', '2'];
    subject.#command = new Command({ workplace, cwd, args: [...args, '--set', 'maxAttempts=10'] });
    subject.#command.launch();
    await subject.awaitServing();
    const { JobClient } = createRequire(import.meta.url)(join(workplace.vigil, 'dist/jobs'));
    const url = `ws://127.0.0.1:${String(subject.port)}/jobs`;
    subject.#clients = ['a', 'b'].map(
      (name) => new JobTraffic(new JobClient({ url, WebSocket, maxDelayMs: 500 }), name),
    );
    return subject;
  }

  get summary() {
    return `${String(this.#ended)} jobs ended as they should`;
  }

  get lastOutput() {
    return this.#command.lastLines;
  }

  get #ended() {
    return this.#clients.reduce((sum, { ended }) => sum + ended, 0);
  }

  get pid() {
    return this.#command.pid;
  }

  async awaitServing() {
    await eventually('the server of jobs is ready', SERVES_WITHIN_MS, async () => {
      const url = `http://127.0.0.1:${String(this.port)}/readyz`;
      const answer = await fetch(url, { signal: AbortSignal.timeout(1000) }).catch(() => null);
      return answer?.status === 200;
    });
  }

  findWorkers() {
    return this.#command
      .findProcesses()
      .filter((pid) => pid !== this.#command.pid && isWorker(pid));
  }

  async killAll() {
    await this.#command.kill();
    await this.#command.awaitNobody('the workers of a killed server have ended');
    this.#command.launch();
    await this.awaitServing();
  }

  /** Null when nobody lets it in. */
  async openSocket() {
    const socket = new WebSocket(`ws://127.0.0.1:${String(this.port)}/jobs`, {
      handshakeTimeout: 5000,
    });
    socket.on('error', () => undefined);
    await Promise.race([once(socket, 'open'), once(socket, 'close')]).catch(() => undefined);
    return socket.readyState === WebSocket.OPEN ? socket : null;
  }

  /** What must hold after every fault. */
  async check() {
    await this.awaitServing();
    const before = this.#ended;
    await eventually('jobs go on', GOES_ON_WITHIN_MS, () => this.#ended > before);
    this.#checkEnds();
    this.#memory.check(this.#command.pid);
  }

  async finish() {
    for (const client of this.#clients) await client.settle();
    this.#checkEnds();
    for (const client of this.#clients) client.close();
    await this.#command.stop();
  }

  async abandon() {
    for (const client of this.#clients) client.close();
    await this.#command.abandon();
  }

  #checkEnds() {
    const [first] = this.#clients.flatMap(({ broken }) => broken);
    expectThat(first === undefined, `each job has the end that is its own: ${String(first)}`);
  }
}

function isWorker(pid) {
  try {
    return readFileSync(`/proc/${String(pid)}/cmdline`, 'latin1').includes('worker');
  } catch {
    return false;
  }
}
