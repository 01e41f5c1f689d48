import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { EventLog } from './event-log.ts';
import { type ChildExit, type StartOptions, type StartedChild, startNode } from './start-child.ts';
import { makeTempDirectory } from './temp-directory.ts';

const CLI = resolve(__dirname, '../../dist/cli/main.js');
const STATE_DIRECTORY_FLAG = '--state-dir';

export interface VigilRun extends ChildExit {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command of `vigil` to its end; `input` is its standard input. */
export async function runVigil(
  args: readonly string[],
  options: StartOptions & { readonly input?: string } = {},
): Promise<VigilRun> {
  const child = startNode([CLI, ...args], options);
  child.process.stdin?.end(options.input ?? '');
  const exit = await child.waitForExit();
  return { ...exit, stdout: textOf(child, 'stdout'), stderr: textOf(child, 'stderr') };
}

/**
 * Starts a command that stays, such as `vigil run`. Unless the arguments name a state directory, it
 * gets one of its own, which `status`, `events` and `vigil` of the handle then use too.
 */
export async function spawnVigil(
  args: readonly string[],
  options: StartOptions = {},
): Promise<SpawnedVigil> {
  const given = args.indexOf(STATE_DIRECTORY_FLAG);
  const stateDirectory =
    given === -1
      ? join(await makeTempDirectory(), 'state')
      : resolve(options.cwd ?? '.', args[given + 1] ?? '');
  await mkdir(stateDirectory, { recursive: true, mode: 0o700 });
  const [verb = 'run', ...rest] = args;
  const added = given === -1 ? [STATE_DIRECTORY_FLAG, stateDirectory] : [];
  const child = startNode([CLI, verb, ...added, ...rest], options);
  return new SpawnedVigil(child, { stateDirectory, options });
}

export class SpawnedVigil {
  readonly child: StartedChild;
  readonly stateDirectory: string;
  readonly #options: StartOptions;

  constructor(
    child: StartedChild,
    { stateDirectory, options }: { stateDirectory: string; options: StartOptions },
  ) {
    this.child = child;
    this.stateDirectory = stateDirectory;
    this.#options = options;
  }

  get pid(): number {
    return this.child.pid;
  }

  /** What it has printed so far, line by line. */
  get lines(): readonly string[] {
    return this.child.output.all.map((line) => line.text);
  }

  waitForLine(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray> {
    return this.child.waitForLine(pattern, timeoutMs);
  }

  waitForExit(timeoutMs?: number): Promise<ChildExit> {
    return this.child.waitForExit(timeoutMs);
  }

  /** Runs another command on the same session. */
  vigil(verb: string, ...args: readonly string[]): Promise<VigilRun> {
    return runVigil([verb, STATE_DIRECTORY_FLAG, this.stateDirectory, ...args], this.#options);
  }

  /** The answer of `vigil status --json`. */
  async status<T = Record<string, unknown>>(): Promise<T> {
    const { code, stdout, stderr } = await this.vigil('status', '--json');
    if (code !== 0) throw new Error(`vigil status ended with ${String(code)}: ${stderr}`);
    return JSON.parse(stdout) as T;
  }

  events(): EventLog {
    return new EventLog(join(this.stateDirectory, 'events.jsonl'));
  }

  /** Ends the session as a service manager would, and waits for it. */
  stop(timeoutMs?: number): Promise<ChildExit> {
    this.child.kill('SIGTERM');
    return this.child.waitForExit(timeoutMs);
  }
}

function textOf(child: StartedChild, stream: 'stdout' | 'stderr'): string {
  return child.output.all
    .filter((line) => line.stream === stream)
    .map((line) => `${line.text}\n`)
    .join('');
}
