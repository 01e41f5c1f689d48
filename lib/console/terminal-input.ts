import type { Interface } from 'node:readline';
import { createInterface } from 'node:readline';
import type { ConsoleInput, ConsoleInputEvents, ConsoleStream } from './console-input.ts';
import type { CommandRunner } from './line-runner.ts';

export interface ConsoleHistory {
  readonly lines: readonly string[];
  add(line: string): void;
}

export interface TerminalInputOptions {
  readonly input: ConsoleStream;
  readonly output: NodeJS.WritableStream;
  readonly prompt: string;
  readonly complete: CommandRunner['complete'];
  /** Lines that were typed before, newest first, and where to keep those that are typed now. */
  readonly history?: ConsoleHistory | undefined;
  readonly isForeground: () => boolean;
  /** Ctrl-C, which in a terminal read key by key is no signal. */
  readonly onInterrupt: () => void;
  /** Ctrl-Z; the input has been paused before. */
  readonly onSuspend: () => void;
}

// The line editor keeps many former states of a line; a longer one is for a pipe.
const LONGEST_TYPED_LINE = 8 * 1024;

/** Reads lines from a person: prompt, history, completion. */
export class TerminalInput implements ConsoleInput {
  readonly #options: TerminalInputOptions;
  readonly #events: ConsoleInputEvents;
  #editor: Interface | undefined;
  #atWork = 0;
  #isPaused = false;

  constructor(options: TerminalInputOptions, events: ConsoleInputEvents) {
    this.#options = options;
    this.#events = events;
  }

  start(): void {
    let editor: Interface;
    try {
      editor = this.#createEditor();
    } catch {
      this.#events.onEnd(); // the terminal has hung up already
      return;
    }
    this.#editor = editor;
    editor.on('line', (line) => {
      this.#options.history?.add(line);
      void this.#take(line);
    });
    editor.on('close', () => {
      this.#finish();
    });
    // Not in the types: the editor passes on the errors of its input.
    (editor as NodeJS.EventEmitter).on('error', () => {
      this.#finish();
    });
    editor.on('SIGINT', this.#options.onInterrupt);
    editor.on('SIGTSTP', this.#options.onSuspend);
    this.#options.input.on('keypress', this.#limitLine);
    editor.prompt();
  }

  pause(): void {
    this.#isPaused = true;
    // From the background, changing the terminal's mode would stop this process.
    if (this.#options.isForeground()) this.#options.input.setRawMode?.(false);
    this.#editor?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    // The shell may have changed the mode behind our back; only a change makes it be set anew.
    this.#options.input.setRawMode?.(false);
    this.#options.input.setRawMode?.(true);
    this.#editor?.resume();
    this.#editor?.prompt(true);
  }

  /** Shows the prompt and what is typed so far again, below what others have written meanwhile. */
  redraw(): void {
    if (this.#atWork === 0 && !this.#isPaused) this.#editor?.prompt(true);
  }

  close(): void {
    const editor = this.#editor;
    this.#leave();
    if (editor === undefined) return;
    editor.removeAllListeners('close');
    if (this.#options.isForeground()) editor.close();
    else editor.pause();
  }

  #createEditor(): Interface {
    const { input, output, prompt, history } = this.#options;
    return createInterface({
      input,
      output,
      prompt,
      terminal: true,
      historySize: 500,
      history: [...(history?.lines ?? [])],
      removeHistoryDuplicates: true,
      completer: (line: string, done: (error: null, result: [string[], string]) => void) => {
        void this.#complete(line).then((result) => {
          done(null, result);
        });
      },
    });
  }

  #leave(): void {
    this.#editor = undefined;
    this.#options.input.off('keypress', this.#limitLine);
  }

  // Closing the editor of a terminal that has hung up fails to set its mode, and comes here again from within.
  #finish(): void {
    const editor = this.#editor;
    if (editor === undefined) return;
    this.#leave();
    editor.close();
    this.#events.onEnd();
  }

  async #take(line: string): Promise<void> {
    this.#atWork++;
    await this.#events.onLine(line);
    this.#atWork--;
    if (this.#atWork === 0 && !this.#isPaused) this.#editor?.prompt();
  }

  async #complete(line: string): Promise<[string[], string]> {
    try {
      return await this.#options.complete(line);
    } catch {
      return [[], line];
    }
  }

  readonly #limitLine = (): void => {
    const editor = this.#editor;
    if (editor === undefined || editor.line.length <= LONGEST_TYPED_LINE) return;
    for (const name of ['u', 'k']) editor.write('', { ctrl: true, name });
    this.#options.output.write(`\na typed line has at most ${LONGEST_TYPED_LINE} characters\n`);
    editor.prompt();
  };
}
