import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Clock, Timer } from '../util/clock.ts';
import type { MailOptions } from './mail.ts';
import type { Mailer, MailOutcome, OutcomeListener, OutgoingMail } from './mailer.ts';
import type { MailerRequest, MailerResult } from './mailer-protocol.ts';

export interface ProcessMailerOptions {
  readonly transport: MailOptions['transport'];
  readonly clock: Clock;
  /** For each step with the server: to connect, to be greeted, to be answered; default 20,000. */
  readonly stepTimeoutMs?: number;
  /** For one mail as a whole, then the process is killed; default 60,000. */
  readonly deadlineMs?: number;
  /** The built program of the mailer's process; default the one beside this file. */
  readonly program?: string;
}

/** A mailer that starts a short-lived process for every batch. A hanging mail server costs that process and nothing else. */
export function createProcessMailer(options: ProcessMailerOptions): Mailer {
  const running = new Set<MailerRun>();
  return {
    async send(mails, onOutcome) {
      if (mails.length === 0) return;
      const run = new MailerRun(options, mails, onOutcome);
      running.add(run);
      await run.done;
      running.delete(run);
    },
    async close() {
      await Promise.all([...running].map((run) => run.breakOff('the sending was broken off')));
    },
  };
}

const STEP_TIMEOUT_MS = 20_000;
const DEADLINE_MS = 60_000;

/** One process from start to end, and the outcomes it owes. */
class MailerRun {
  readonly done: Promise<void>;
  readonly #options: ProcessMailerOptions;
  readonly #onOutcome: OutcomeListener;
  readonly #missing: Set<string>;
  #child: ChildProcess | null = null;
  #deadline: Timer | null = null;
  /** Why the process was ended by us, or why it could not be used. */
  #failure: string | null = null;
  #isUnreachable = false;

  constructor(
    options: ProcessMailerOptions,
    mails: readonly OutgoingMail[],
    onOutcome: OutcomeListener,
  ) {
    this.#options = options;
    this.#onOutcome = onOutcome;
    this.#missing = new Set(mails.map(({ id }) => id));
    this.done = this.#run(mails);
  }

  breakOff(reason: string): Promise<void> {
    this.#failure ??= reason;
    this.#child?.kill('SIGKILL');
    return this.done;
  }

  async #run(mails: readonly OutgoingMail[]): Promise<void> {
    const { transport, stepTimeoutMs: timeoutMs = STEP_TIMEOUT_MS } = this.#options;
    const exit = await this.#runChild({ transport, timeoutMs, mails });
    this.#deadline?.cancel();
    const [first] = this.#missing;
    if (first === undefined || this.#isUnreachable) return;
    this.#tell(first, {
      kind: 'unreachable',
      message: this.#failure ?? `the mailer's process ended with ${exit}`,
    });
  }

  #runChild(request: MailerRequest): Promise<string> {
    return new Promise((resolve) => {
      try {
        const child = startChild(this.#options.program ?? join(__dirname, 'mailer-child.js'));
        this.#child = child;
        this.#armDeadline();
        child.on('message', (message) => {
          this.#receive(message as Partial<MailerResult> | null);
        });
        child.on('error', (error) => {
          this.#failure ??= `the mailer's process failed: ${error.message}`;
          if (child.pid === undefined) resolve('no process');
        });
        // Unlike "exit", "close" comes after the last message.
        child.on('close', (code, signal) => {
          resolve(signal ?? `code ${String(code)}`);
        });
        child.send(request, (error) => {
          if (error !== null)
            this.#failure ??= `the mailer's process takes no mail: ${error.message}`;
        });
      } catch (error) {
        this.#failure ??= `the mailer's process cannot be used: ${(error as Error).message}`;
        this.#child?.kill('SIGKILL');
        if (this.#child === null) resolve('no process');
      }
    });
  }

  #receive(message: Partial<MailerResult> | null): void {
    const { id, outcome } = message ?? {};
    if (id === undefined || outcome === undefined || !this.#missing.has(id)) return;
    this.#armDeadline();
    this.#tell(id, outcome);
  }

  #tell(id: string, outcome: MailOutcome): void {
    this.#missing.delete(id);
    if (outcome.kind === 'unreachable') this.#isUnreachable = true;
    this.#onOutcome(id, outcome);
  }

  #armDeadline(): void {
    const { clock, deadlineMs = DEADLINE_MS } = this.#options;
    this.#deadline?.cancel();
    this.#deadline = clock.setTimer(deadlineMs, () => {
      void this.breakOff(`the mail server did not finish within ${deadlineMs} ms`);
    });
    this.#deadline.unref();
  }
}

// Certificates of the house and the language of errors; nothing that changes what node does, and no secrets.
const PASSED_ON = [
  'PATH',
  'HOME',
  'LANG',
  'TZ',
  'SystemRoot',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
];

function startChild(program: string): ChildProcess {
  const env = Object.fromEntries(
    PASSED_ON.flatMap((name) =>
      process.env[name] === undefined ? [] : [[name, process.env[name]]],
    ),
  );
  return fork(program, [], {
    env,
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
}
