import type { CommandOutcome } from './command-outcome.ts';
import { createFailure } from './command-outcome.ts';

/** What a console needs of whoever runs its lines: a CommandTable, here or at the other end of a socket. */
export interface CommandRunner {
  run(line: string): Promise<CommandOutcome>;
  complete(line: string): ConsoleCompletion | Promise<ConsoleCompletion>;
}

/** The proposals, and the text they replace. */
export type ConsoleCompletion = [string[], string];

export interface LineRunnerOptions {
  readonly runner: Pick<CommandRunner, 'run'>;
  readonly write: (text: string) => void;
  /** Lines that wait while one is at work; more are refused; default 1,000. */
  readonly maxWaiting?: number;
}

const MOST_FRAMES = 10;

/** Runs lines strictly one after the other and prints what they come to. */
export class LineRunner {
  readonly #options: LineRunnerOptions;
  readonly #waiting: string[] = [];
  #turn: Promise<void> | undefined;
  #failed = 0;
  #refused = 0;
  #isStopped = false;

  constructor(options: LineRunnerOptions) {
    this.#options = options;
  }

  /** How many lines came to an error. */
  get failed(): number {
    return this.#failed;
  }

  /** Takes a line; resolves when it and all before it have been run. */
  add(line: string): Promise<void> {
    if (line.trim() === '' || this.#isStopped) return this.idle();
    if (this.#waiting.length >= (this.#options.maxWaiting ?? 1_000)) {
      this.#refused++;
      this.#failed++;
      return this.idle();
    }
    this.#waiting.push(line);
    this.#turn ??= this.#runAll();
    return this.#turn;
  }

  /** Resolves when no line is at work or waits. */
  async idle(): Promise<void> {
    await this.#turn;
  }

  /** Forgets the lines that wait; the one at work is not printed any more. */
  stop(): void {
    this.#isStopped = true;
    this.#waiting.length = 0;
  }

  async #runAll(): Promise<void> {
    for (let line = this.#waiting.shift(); line !== undefined; line = this.#waiting.shift()) {
      const outcome = await this.#options.runner.run(line).catch(createFailure);
      if (!outcome.ok) this.#failed++;
      this.#print(outcome);
      this.#tellRefused();
    }
    this.#turn = undefined;
  }

  #print(outcome: CommandOutcome): void {
    if (outcome.ok) {
      this.#write(outcome.output);
      return;
    }
    const { code, message, stack } = outcome.error;
    const frames = stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? [];
    this.#write([`${code}: ${message}`, ...frames.slice(0, MOST_FRAMES)].join('\n'));
  }

  #tellRefused(): void {
    if (this.#refused === 0) return;
    this.#write(`ERR_COMMAND_ARGUMENT: ${this.#refused} lines came too fast and were not run`);
    this.#refused = 0;
  }

  #write(text: string): void {
    if (text === '' || this.#isStopped) return;
    try {
      this.#options.write(text.endsWith('\n') ? text : `${text}\n`);
    } catch {
      // A terminal that is gone takes no text; the commands go on.
    }
  }
}
