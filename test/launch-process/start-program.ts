import { join } from 'node:path';
import { EventLog } from '../support/event-log.ts';
import { startNode, type StartedChild } from '../support/start-child.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const PROGRAMS = join(__dirname, '../fixtures/launch');

export interface ProgramOptions {
  /** Goes over what makes a session quick. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly nodeArgs?: readonly string[];
  readonly args?: readonly string[];
  /** Started in place of the file itself, with the file as its argument. */
  readonly runner?: string;
  /** Leaves standard input open for lines; it is closed otherwise. */
  readonly keepInput?: boolean;
}

const QUICK = {
  name: 'launched',
  ports: { server: 0 },
  polling: { intervalSeconds: 0.2 },
  restart: { backoff: { baseSeconds: 0.01, maxSeconds: 0.05 }, breaker: { failures: 1000 } },
  shutdown: { drainSeconds: 2, exitHandlerSeconds: 5 },
  stateDirectory: 'state',
};

/** Starts a program that calls `launch`, in a directory of its own with a `session.config.json`. */
export async function startProgram(
  file: string,
  options: ProgramOptions = {},
): Promise<StartedProgram> {
  const { config = {}, env = {}, nodeArgs = [], args = [], runner } = options;
  const directory = await makeTempDirectory({
    'session.config.json': JSON.stringify({ ...QUICK, ...config }),
  });
  const before = runner === undefined ? nodeArgs : [...nodeArgs, runner];
  const child = startNode([...before, join(PROGRAMS, file), ...args], { cwd: directory, env });
  if (options.keepInput !== true) child.process.stdin?.end();
  return new StartedProgram(child, directory);
}

export class StartedProgram {
  readonly child: StartedChild;
  readonly directory: string;
  readonly events: EventLog;

  constructor(child: StartedChild, directory: string) {
    this.child = child;
    this.directory = directory;
    this.events = new EventLog(join(directory, 'state/events.jsonl'));
  }

  /** The value of the first line that the program has said under this name. */
  async said<T = unknown>(name: string, timeoutMs?: number): Promise<T> {
    const [, text = 'null'] = await this.child.waitForLine(
      new RegExp(`^#${name} (.*)$`),
      timeoutMs,
    );
    return JSON.parse(text) as T;
  }

  /** Every value said under this name so far. */
  allSaid(name: string): unknown[] {
    const lines = this.child.output.all.map((line) => line.text);
    return lines
      .filter((line) => line.startsWith(`#${name} `))
      .map((line) => JSON.parse(line.slice(name.length + 2)) as unknown);
  }

  /** Ends the session as a service manager would, and gives its exit code. */
  async stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    return this.exitCode();
  }

  async exitCode(): Promise<number | null> {
    return (await this.child.waitForExit()).code;
  }
}
