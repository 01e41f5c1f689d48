import { inspect } from 'node:util';
import type { Clock } from '../../util/clock.ts';
import type { Identifier } from '../options/resolved-session-options.ts';
import { paint } from './paint.ts';
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

  #format(source: Identifier, level: LogLevel, line: string): string {
    const time = new Date(this.#options.clock.wallTime()).toISOString();
    if (this.#options.format === 'json') {
      return JSON.stringify({ time, level, source: source.text, message: line });
    }
    const prefix = this.#options.colored ? paint(source.text, source.color) : source.text;
    const mark = level === 'info' ? '' : `${level}: `;
    return `${time.slice(11, 19)} ${prefix} ${mark}${line}`;
  }
}

/** Joins what was given to a log call the way console.log does. */
export function joinLogArguments(values: readonly unknown[]): string {
  return values
    .map((value) => (typeof value === 'string' ? value : inspect(value, { depth: 4 })))
    .join(' ');
}
