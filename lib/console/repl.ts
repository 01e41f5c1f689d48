import type { Clock, Timer } from '../util/clock.ts';
import { createDeferred } from '../util/deferred.ts';
import type { ConsoleInput, ConsoleStream } from './console-input.ts';
import { tolerateErrors } from './console-input.ts';
import { isForegroundTerminal } from './foreground-terminal.ts';
import type { CommandRunner } from './line-runner.ts';
import { LineRunner } from './line-runner.ts';
import { PipedInput } from './piped-input.ts';
import type { ConsoleHistory } from './terminal-input.ts';
import { TerminalInput } from './terminal-input.ts';

export interface ReplOptions {
  readonly input: ConsoleStream;
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean | undefined };
  readonly runner: CommandRunner;
  readonly clock: Clock;
  /** Where results go; default `output`. */
  readonly write?: (text: string) => void;
  /** Default `vigil> `; shown only when a person is at both ends. */
  readonly prompt?: string;
  /** On a terminal: lines of former consoles. */
  readonly history?: ConsoleHistory;
  /** Ctrl-C on a terminal. */
  readonly onInterrupt?: () => void;
  /** Ctrl-Z on a terminal; default stops the process group, as the terminal itself would. */
  readonly onSuspend?: () => void;
  /** May the terminal be read? Asked again when the process is continued. */
  readonly isForeground?: () => boolean;
  /** Whether an open input keeps the process alive; default false. */
  readonly holdsProcess?: boolean;
}

export interface ReplEnd {
  /** How many lines came to an error. */
  readonly failed: number;
}

type ReplState = 'created' | 'background' | 'reading' | 'ended';

const FOREGROUND_CHECK_MS = 2_000;

/**
 * Reads command lines from a terminal, a pipe or a file, one a line, and runs them one after the other.
 *
 * It ends at end-of-file, after the last line has been run; the session stays. A terminal is read only while this
 * process is in its foreground.
 */
export class Repl {
  readonly #options: ReplOptions;
  readonly #lines: LineRunner;
  readonly #input: ConsoleInput;
  readonly #isForeground: () => boolean;
  readonly #ended = createDeferred<ReplEnd>();
  #state: ReplState = 'created';
  #hasStarted = false;
  #timer: Timer | undefined;

  constructor(options: ReplOptions) {
    this.#options = options;
    const { output } = options;
    const isTerminal = options.input.isTTY === true;
    this.#isForeground = isTerminal ? (options.isForeground ?? isForegroundTerminal) : () => true;
    this.#lines = new LineRunner({
      runner: options.runner,
      write: options.write ?? ((text) => void output.write(text)),
    });
    this.#input = isTerminal && output.isTTY === true ? this.#createTerminal() : this.#createPipe();
  }

  /** Resolves when it has ended, by end-of-file or by `close`. */
  get ended(): Promise<ReplEnd> {
    return this.#ended.promise;
  }

  /** Starts to read; in the background of a terminal, as soon as it comes to the foreground. */
  start(): void {
    if (this.#state !== 'created') return;
    tolerateErrors(this.#options.input);
    tolerateErrors(this.#options.output);
    this.#state = 'background';
    if (this.#options.input.isTTY === true) process.on('SIGCONT', this.#check);
    this.#check();
  }

  /** Stops reading; lines that wait are not run. */
  close(): void {
    this.#lines.stop();
    if (this.#state === 'reading' || this.#hasStarted) this.#input.close();
    this.#end();
  }

  /** Shows the prompt again after others have written to the terminal, if there is one. */
  redraw(): void {
    if (this.#state === 'reading') this.#input.redraw?.();
  }

  readonly #check = (): void => {
    this.#timer?.cancel();
    if (this.#state === 'ended') return;
    if (!this.#isForeground()) {
      this.#leaveTerminal();
    } else if (this.#state === 'background') {
      this.#state = 'reading';
      this.#readOn();
    }
  };

  /** Not every shell tells a job that it comes to the foreground; hence the timer. */
  #leaveTerminal(): void {
    if (this.#state === 'reading') this.#input.pause();
    this.#state = 'background';
    this.#timer = this.#options.clock.setTimer(FOREGROUND_CHECK_MS, this.#check);
    this.#timer.unref();
  }

  #readOn(): void {
    if (this.#hasStarted) this.#input.resume();
    else this.#input.start();
    this.#hasStarted = true;
    if (this.#options.holdsProcess !== true) this.#options.input.unref?.();
  }

  #createPipe(): ConsoleInput {
    return new PipedInput(this.#options.input, this.#events);
  }

  #createTerminal(): ConsoleInput {
    const { input, output, runner, prompt = 'vigil> ' } = this.#options;
    const { history, onInterrupt, onSuspend } = this.#options;
    return new TerminalInput(
      {
        input,
        output,
        prompt,
        history,
        complete: (line) => runner.complete(line),
        isForeground: this.#isForeground,
        onInterrupt: () => onInterrupt?.(),
        onSuspend: () => {
          this.#leaveTerminal();
          (onSuspend ?? stopProcessGroup)();
        },
      },
      this.#events,
    );
  }

  readonly #events = {
    onLine: (line: string): Promise<void> => this.#lines.add(line),
    onEnd: (): void =>
      void this.#lines.idle().then(() => {
        this.#end();
      }),
  };

  #end(): void {
    this.#state = 'ended';
    this.#timer?.cancel();
    process.off('SIGCONT', this.#check);
    this.#ended.resolve({ failed: this.#lines.failed });
  }
}

function stopProcessGroup(): void {
  process.kill(0, 'SIGTSTP');
}
