import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFreePort } from '../../bench/support/free-port.mjs';
import { expectThat } from '../support/broken-promise.mjs';
import { Command } from '../support/command.mjs';
import { readEventLog } from '../support/event-log.mjs';
import { eventually } from '../support/eventually.mjs';
import { MemoryWatch } from '../support/memory-watch.mjs';
import { PostOffice } from '../support/post-office.mjs';
import { sessionFaults } from './session-faults.mjs';
import { Traffic } from './traffic.mjs';

const PROGRAMS = fileURLToPath(new URL('./', import.meta.url));
const SERVES_WITHIN_MS = 30_000;
const MAILS_WITHIN_MS = 60_000;

const SETTINGS = {
  name: 'campaign',
  polling: { route: '/', intervalSeconds: 0.5, timeoutSeconds: 1, failureTolerance: 2 },
  heartbeat: { intervalSeconds: 0.2, silenceSeconds: 2 },
  restart: {
    backoff: { baseSeconds: 0.05, maxSeconds: 0.5 },
    breaker: { failures: 1000 },
  },
  shutdown: { drainSeconds: 2, exitHandlerSeconds: 1 },
};

/** For who only looks on: on a machine that is busy with something else nothing is taken for a hang. */
const PATIENT = {
  ...SETTINGS,
  polling: { route: '/', intervalSeconds: 1, timeoutSeconds: 60, failureTolerance: 10 },
  heartbeat: { intervalSeconds: 0.2, silenceSeconds: 120 },
};

/** A server under `vigil run`, with requests, and a mail server. */
export class SessionSubject {
  static faults = sessionFaults;
  static short = [
    'SIGKILL of the server',
    'an exception',
    'a mail server that refuses',
    'a rejection',
    'a reload',
    'noise on the port of the server',
    'SIGKILL of the monitor',
    'noise on the control socket',
    'a damaged file of state',
    'an exit',
    'a mail server that works',
  ];
  port;
  project;
  postOffice;
  traffic;
  /** What killed the server, in the words of the causes that may be told of it. */
  expected = [];
  #command;
  #seen = 0;
  #memory = new MemoryWatch();

  static async start(workplace, { isPatient = false } = {}) {
    const subject = new SessionSubject();
    subject.project = workplace.createProject(PROGRAMS);
    subject.postOffice = await PostOffice.open();
    subject.port = await findFreePort();
    const mail = {
      ...{ to: 'operators@example.com', transport: subject.postOffice.url },
      ...{ digestSeconds: 2, perHour: 1000, sendSessionKey: false },
    };
    writeFileSync(
      join(subject.project, 'session.config.json'),
      JSON.stringify({
        ...(isPatient ? PATIENT : SETTINGS),
        ports: { server: subject.port },
        mail,
      }),
    );
    const flags = ['--no-repl', '--node-arg=--max-old-space-size=64'];
    subject.#command = new Command({
      ...{ workplace, cwd: subject.project, args: ['run', 'server.cjs', ...flags] },
      env: { PORT: String(subject.port) },
    });
    subject.#command.launch();
    await subject.awaitServer();
    subject.traffic = new Traffic(subject.port);
    return subject;
  }

  get summary() {
    return `${this.traffic.summary}; ${String(this.postOffice.mails.length)} mails`;
  }

  get lastOutput() {
    return this.#command.lastLines;
  }

  get monitorPid() {
    return this.#command.pid;
  }

  get stateDirectory() {
    return join(this.project, '.vigil/campaign');
  }

  /** Ends the monitor without a word; what it had must end by itself. */
  async killMonitor() {
    this.traffic.isMonitorAway = true;
    await this.#command.kill();
    await this.#command.awaitNobody('the processes of a killed monitor have ended');
    this.#command.launch();
    await this.awaitServer();
    this.traffic.isMonitorAway = false;
  }

  /** Resolves with the pid of the server that answers. */
  awaitServer(otherThan = null) {
    return eventually(
      otherThan === null
        ? 'the server answers'
        : `another server than ${String(otherThan)} answers`,
      SERVES_WITHIN_MS,
      async () => {
        const pid = await this.askPid();
        return pid === otherThan ? null : pid;
      },
    );
  }

  /** The same, and the monitor knows that it does. */
  async awaitReady() {
    const pid = await this.awaitServer();
    await eventually('the monitor finds the server ready', SERVES_WITHIN_MS, () =>
      this.#readEvents().some((event) => event.type === 'worker.ready' && event.pid === pid)
        ? true
        : null,
    );
    return pid;
  }

  async askPid() {
    try {
      const signal = AbortSignal.timeout(1000);
      const answer = await fetch(`http://127.0.0.1:${String(this.port)}/`, { signal });
      return answer.status === 200 ? Number(await answer.text()) : null;
    } catch {
      return null;
    }
  }

  /** Asks for a route that may never answer. */
  async hit(route) {
    const signal = AbortSignal.timeout(5000);
    await fetch(`http://127.0.0.1:${String(this.port)}${route}`, { signal }).catch(() => undefined);
  }

  /** What must hold after every fault. */
  async check() {
    await this.awaitReady();
    this.#checkTraffic();
    await this.#checkDeaths();
    this.#memory.check(this.monitorPid);
  }

  async finish() {
    this.postOffice.mode = 'open';
    await this.check();
    await this.#checkMails();
    this.traffic.stop();
    await this.#command.stop();
    this.#checkTraffic();
  }

  async abandon() {
    this.traffic.stop();
    await this.#command.abandon();
    await this.postOffice.close();
  }

  #checkTraffic() {
    const [first] = this.traffic.broken;
    expectThat(first === undefined, `what no client may see: ${String(first)}`);
  }

  /** Each death that was caused is told once, with a cause that fits. */
  async #checkDeaths() {
    const deaths = await eventually('every death is in the event log', SERVES_WITHIN_MS, () => {
      const found = this.#readEvents().filter(({ type }) => type === 'worker.exited');
      return found.length >= this.#seen + this.expected.length ? found : null;
    });
    const fresh = deaths.slice(this.#seen);
    expectThat(
      fresh.length === this.expected.length,
      `${String(this.expected.length)} deaths were caused, ${String(fresh.length)} are told: ${fresh.map(({ cause }) => cause).join(', ')}`,
    );
    for (const [index, { cause }] of fresh.entries()) {
      const fitting = this.expected[index];
      expectThat(
        fitting.includes(cause),
        `the cause ${cause} is told where ${fitting.join(' or ')} is true`,
      );
    }
    this.#seen = deaths.length;
    this.expected = [];
  }

  /** Every mail that was queued has come, and none twice. */
  async #checkMails() {
    const queued = this.#readEvents().filter(({ type }) => type === 'mail.queued');
    const ids = new Set(queued.map(({ id }) => id));
    await eventually('every mail that was queued has been sent', MAILS_WITHIN_MS, () => {
      const sent = this.#readEvents().filter(({ type }) => type === 'mail.sent');
      return [...ids].every((id) => sent.some((event) => event.id === id)) ? true : null;
    });
  }

  #readEvents() {
    return readEventLog(join(this.stateDirectory, 'events.jsonl'));
  }
}
