import { type ChildProcess, spawn } from 'node:child_process';
import { TEST_MARKER, killMarkedProcesses } from './marked-processes.ts';
import { OutputLines } from './output-lines.ts';
import { DEFAULT_WAIT_MS } from './wait-until.ts';

export interface StartOptions {
  readonly cwd?: string;
  /** Added to the environment of the test run; `undefined` removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Opens an IPC channel as well. */
  readonly ipc?: boolean;
  readonly detached?: boolean;
}

export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const started: StartedChild[] = [];

beforeEach(() => {
  started.length = 0;
});

// Whatever happened in a test, nothing of it goes on into the next.
afterEach(killMarkedProcesses);

/** Starts `node file args…`. It is killed after the test, with all it has started, whatever happens. */
export function startNode(args: readonly string[], options: StartOptions = {}): StartedChild {
  return startChild(process.execPath, args, options);
}

export function startChild(
  program: string,
  args: readonly string[],
  options: StartOptions = {},
): StartedChild {
  const child = new StartedChild(program, args, options);
  started.push(child);
  return child;
}

/** Everything this test has started so far, the ended ones included. */
export function startedChildren(): readonly StartedChild[] {
  return started;
}

export class StartedChild {
  readonly process: ChildProcess;
  readonly output = new OutputLines();
  readonly #exit: Promise<ChildExit>;
  readonly #command: string;

  constructor(program: string, args: readonly string[], options: StartOptions) {
    this.#command = [program, ...args].join(' ');
    this.process = spawn(program, args, {
      cwd: options.cwd,
      env: childEnvironment(options.env),
      detached: options.detached ?? false,
      stdio: ['pipe', 'pipe', 'pipe', ...(options.ipc === true ? (['ipc'] as const) : [])],
    });
    const { stdin, stdout, stderr } = this.process;
    if (stdout !== null) this.output.read('stdout', stdout);
    if (stderr !== null) this.output.read('stderr', stderr);
    // Writing to a child that has just ended is no failure of the test.
    stdin?.on('error', () => undefined);
    this.#exit = new Promise((resolve, reject) => {
      this.process.once('error', reject);
      this.process.once('close', (code, signal) => {
        resolve({ code, signal });
      });
    });
    this.#exit.catch(() => undefined);
  }

  get pid(): number {
    if (this.process.pid === undefined) throw new Error(`not started: ${this.#command}`);
    return this.process.pid;
  }

  /** Waits for the end of the process and of its output. */
  waitForExit(timeoutMs = DEFAULT_WAIT_MS): Promise<ChildExit> {
    return this.#race(this.#exit, 'did not end', timeoutMs);
  }

  /** Waits for a line, printed before or after this call, and resolves with its match. */
  waitForLine(pattern: RegExp, timeoutMs = DEFAULT_WAIT_MS): Promise<RegExpExecArray> {
    const lines = this.output;
    let stop = (): void => undefined;
    const found = new Promise<RegExpExecArray>((resolve, reject) => {
      const look = (text: string): boolean => {
        const match = pattern.exec(text);
        if (match !== null) resolve(match);
        return match !== null;
      };
      if (lines.all.some((line) => look(line.text))) return;
      const onLine = (line: { text: string }): void => void look(line.text);
      const onEnd = (): void => {
        reject(this.#failure(`ended without a line like ${String(pattern)}`));
      };
      if (lines.ended) onEnd();
      lines.on('line', onLine).once('end', onEnd);
      stop = () => void lines.off('line', onLine).off('end', onEnd);
    });
    return this.#race(found, `printed no line like ${String(pattern)}`, timeoutMs).finally(() => {
      stop();
    });
  }

  write(line: string): void {
    this.process.stdin?.write(`${line}\n`);
  }

  /** No failure when it has ended by itself; how it ended is told by `waitForExit`. */
  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.process.kill(signal);
  }

  async #race<T>(wanted: Promise<T>, failure: string, timeoutMs: number): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(this.#failure(`${failure} within ${timeoutMs} ms`));
      }, timeoutMs);
    });
    try {
      return await Promise.race([wanted, limit]);
    } finally {
      clearTimeout(timer);
    }
  }

  #failure(what: string): Error {
    return new Error(`${this.#command} ${what}; its output:\n${this.output.text || '(none)'}`);
  }
}

function childEnvironment(added: StartOptions['env'] = {}): NodeJS.ProcessEnv {
  // What the test runner sets for itself is not what a server on a plain machine sees.
  const { NODE_ENV, NODE_OPTIONS, JEST_WORKER_ID, PORT, ...inherited } = process.env;
  return { ...inherited, ...TEST_MARKER, ...added };
}
