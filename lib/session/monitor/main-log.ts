import { inspect } from 'node:util';
import { type Clock, isoTime } from '../../util/clock.ts';
import type { Identifier } from '../options/resolved-session-options.ts';
import { paint } from './paint.ts';
import type { OutputLine } from './process-output.ts';
import type { OutputStreamName } from './server-output.ts';
import type { Terminal } from './terminal.ts';

export type LogLevel = 'info' | 'warn' | 'error';

export interface MainLogOptions {
  readonly clock: Clock;
  readonly terminal: Terminal;
  readonly format: 'text' | 'json';
  readonly quiet: boolean;
  readonly colored: boolean;
  readonly mask: (text: string) => string;
}

/** The monitor's own lines: who speaks, when, and what happened. */
export class MainLog {
  readonly #options: MainLogOptions;

  constructor(options: MainLogOptions) {
    this.#options = options;
  }

  /** Writes one line for each line of the message; with `quiet` only warnings and errors. */
  write(source: Identifier, level: LogLevel, message: string): void {
    const { quiet, terminal, mask } = this.#options;
    if (quiet && level === 'info') return;
    for (const line of mask(message).split('\n'))
      terminal.write(`${this.#format(source, level, line)}\n`);
  }

  get isJson(): boolean {
    return this.#options.format === 'json';
  }

  /** Writes a line of the server's in the form of these lines; with JSON on the same stream as them. */
  passOutput(
    worker: Identifier,
    { stream, source, text, isPartial }: OutputLine,
    terminals: Readonly<Record<OutputStreamName, Terminal>>,
  ): void {
    if (!this.isJson) {
      terminals[stream].write(`${this.#prefix(worker)} ${text}\n`);
      return;
    }
    const { pid, generation } = source;
    const partial = isPartial ? { partial: true } : {};
    const line = { at: this.#time(), stream, pid, generation, line: text, ...partial };
    this.#options.terminal.write(`${JSON.stringify(line)}\n`);
  }

  #format(source: Identifier, level: LogLevel, line: string): string {
    if (this.isJson) {
      const at = this.#time();
      return JSON.stringify({ at, stream: 'monitor', level, source: source.text, line });
    }
    const mark = level === 'info' ? '' : `${level}: `;
    return `${this.#prefix(source)} ${mark}${line}`;
  }

  #prefix({ text, color }: Identifier): string {
    return `${this.#time().slice(11, 19)} ${this.#options.colored ? paint(text, color) : text}`;
  }

  #time(): string {
    return isoTime(this.#options.clock);
  }
}

/** Joins what was given to a log call the way console.log does. */
export function joinLogArguments(values: readonly unknown[]): string {
  return values
    .map((value) => (typeof value === 'string' ? value : inspect(value, { depth: 4 })))
    .join(' ');
}
