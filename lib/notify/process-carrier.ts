import { fork, type ChildProcess } from 'node:child_process';
import type { Clock, Timer } from '../util/clock.ts';
import type { CarrierResult } from './carrier-protocol.ts';
import type { Carrier, Outcome, OutcomeListener } from './carrier.ts';

export interface ProcessCarrierOptions {
  /** The built program of the process. */
  readonly program: string;
  /** What the program is given beside the messages: where to, and with which secrets. */
  readonly settings: object;
  /** Who takes the messages, in words. */
  readonly receiver: string;
  readonly clock: Clock;
  /** For each step with the server: to connect, to be greeted, to be answered; default 20,000. */
  readonly stepTimeoutMs?: number | undefined;
  /** For one message as a whole, then the process is killed; default 60,000. */
  readonly deadlineMs?: number | undefined;
}

/** A carrier that starts a short-lived process for every batch. A hanging server costs that process and nothing else. */
export function createProcessCarrier<M extends { readonly id: string }>(
  options: ProcessCarrierOptions,
): Carrier<M> {
  const running = new Set<CarrierRun>();
  return {
    async send(messages, onOutcome) {
      if (messages.length === 0) return;
      const run = new CarrierRun(options, messages, onOutcome);
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
class CarrierRun {
  readonly done: Promise<void>;
  readonly #options: ProcessCarrierOptions;
  readonly #onOutcome: OutcomeListener;
  readonly #missing: Set<string>;
  #child: ChildProcess | null = null;
  #deadline: Timer | null = null;
  /** Why the process was ended by us, or why it could not be used. */
  #failure: string | null = null;
  #isBrokenOff = false;

  constructor(
    options: ProcessCarrierOptions,
    messages: readonly { readonly id: string }[],
    onOutcome: OutcomeListener,
  ) {
    this.#options = options;
    this.#onOutcome = onOutcome;
    this.#missing = new Set(messages.map(({ id }) => id));
    this.done = this.#run(messages);
  }

  breakOff(reason: string): Promise<void> {
    this.#failure ??= reason;
    this.#child?.kill('SIGKILL');
    return this.done;
  }

  async #run(messages: readonly { readonly id: string }[]): Promise<void> {
    const { settings, stepTimeoutMs: timeoutMs = STEP_TIMEOUT_MS } = this.#options;
    const exit = await this.#runChild({ ...settings, timeoutMs, messages });
    this.#deadline?.cancel();
    const [first] = this.#missing;
    if (first === undefined || this.#isBrokenOff) return;
    this.#tell(first, {
      kind: 'unreachable',
      message: this.#failure ?? `the sending process ended with ${exit}`,
    });
  }

  #runChild(request: object): Promise<string> {
    return new Promise((resolve) => {
      try {
        const child = startChild(this.#options.program);
        this.#child = child;
        this.#armDeadline();
        child.on('message', (message) => {
          this.#receive(message as Partial<CarrierResult> | null);
        });
        child.on('error', (error) => {
          this.#failure ??= `the sending process failed: ${error.message}`;
          if (child.pid === undefined) resolve('no process');
        });
        // Unlike "exit", "close" comes after the last message.
        child.on('close', (code, signal) => {
          resolve(signal ?? `code ${String(code)}`);
        });
        child.send(request, (error) => {
          if (error !== null)
            this.#failure ??= `the sending process takes no message: ${error.message}`;
        });
      } catch (error) {
        this.#failure ??= `the sending process cannot be used: ${(error as Error).message}`;
        this.#child?.kill('SIGKILL');
        if (this.#child === null) resolve('no process');
      }
    });
  }

  #receive(message: Partial<CarrierResult> | null): void {
    const { id, outcome } = message ?? {};
    if (id === undefined || outcome === undefined || !this.#missing.has(id)) return;
    this.#armDeadline();
    this.#tell(id, outcome);
  }

  #tell(id: string, outcome: Outcome): void {
    this.#missing.delete(id);
    if (outcome.kind === 'unreachable' || outcome.kind === 'gone') this.#isBrokenOff = true;
    this.#onOutcome(id, outcome);
  }

  #armDeadline(): void {
    const { clock, receiver, deadlineMs = DEADLINE_MS } = this.#options;
    this.#deadline?.cancel();
    this.#deadline = clock.setTimer(deadlineMs, () => {
      void this.breakOff(`${receiver} did not finish within ${deadlineMs} ms`);
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
