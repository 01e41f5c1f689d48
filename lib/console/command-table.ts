import { inspect, types } from 'node:util';
import { VigilError } from '../errors.ts';
import type { Clock } from '../util/clock.ts';
import { findCompletions } from './command-completion.ts';
import type { Command } from './command.ts';
import type { CommandOutcome } from './command-outcome.ts';
import { createFailure } from './command-outcome.ts';
import { isWholeMatch } from './match-whole.ts';
import { findNearestName } from './nearest-name.ts';
import { tokenize } from './tokenize.ts';

export interface CommandTableOptions {
  readonly clock: Clock;
  /** How long a command may take before its line is answered without it, milliseconds; default 5 minutes. */
  readonly actionDeadlineMs?: number;
}

/** The longest line that is looked at, bytes. */
export const MAX_LINE_BYTES = 64 * 1024;
/** The longest argument, characters. */
const MAX_ARGUMENT_LENGTH = 4 * 1024;
const MAX_OUTPUT_LENGTH = 1024 * 1024;
const DEFAULT_ACTION_DEADLINE_MS = 5 * 60_000;

/**
 * The commands of a session. The REPL, the attached console, the command line and the dashboard all end up here.
 *
 * `help` is always there.
 */
export class CommandTable {
  readonly #commands: Command[] = [];
  readonly #clock: Clock;
  readonly #actionDeadlineMs: number;

  constructor(options: CommandTableOptions) {
    this.#clock = options.clock;
    this.#actionDeadlineMs = options.actionDeadlineMs ?? DEFAULT_ACTION_DEADLINE_MS;
    this.add({
      name: 'help',
      argPatterns: [],
      usage: 'help',
      help: 'lists the commands',
      action: () => this.#help(),
    });
    this.add({
      name: 'help',
      argPatterns: [/\S+/],
      usage: 'help <command>',
      help: 'shows how one command is written',
      action: ([name]) => this.#help(name),
      complete: () => this.names(),
    });
  }

  /**
   * Adds a command.
   *
   * @throws ERR_ARGUMENT when its name is not one word, or the same form of it is already there
   */
  add(command: Command): void {
    if (!/^[^\s"'\\]{1,64}$/.test(command.name)) {
      throw new VigilError(
        'ERR_ARGUMENT',
        `a command's name is one word of at most 64 characters: ${inspect(command.name)}`,
      );
    }
    const form = formOf(command);
    if (this.#commands.some((known) => formOf(known) === form)) {
      throw new VigilError('ERR_ARGUMENT', `the command "${command.usage}" is already there`);
    }
    this.#commands.push(command);
  }

  /**
   * Adds a user's command: a line is the name, then arguments separated by spaces, where quotes group.
   *
   * @param argPatterns - one for each argument, which must fit it as a whole; a text is the source of a pattern
   * @throws ERR_ARGUMENT when the name, a pattern or the action is of the wrong kind, or the command is already there
   */
  addReplCommand(
    name: string,
    argPatterns: readonly (RegExp | string)[],
    action: Command['action'],
  ): void {
    if (typeof name !== 'string' || !Array.isArray(argPatterns) || typeof action !== 'function') {
      throw new VigilError(
        'ERR_ARGUMENT',
        'addReplCommand takes a name, an array of argument patterns and a function',
      );
    }
    const patterns = argPatterns.map(parsePattern);
    const usage = [name, ...patterns.map(describePattern)].join(' ');
    this.add({ name, argPatterns: patterns, usage, help: '', action });
  }

  /** The names of all commands, each once, in order of their coming. */
  names(): string[] {
    return [...new Set(this.#commands.map(({ name }) => name))];
  }

  /** Runs one line. It never rejects, and is answered within the deadline whatever the action does. */
  async run(line: string): Promise<CommandOutcome> {
    try {
      return await this.#run(line);
    } catch (reason) {
      return createFailure(reason);
    }
  }

  /** Proposals for a half typed line, in the shape `node:readline` wants: the proposals and the text they replace. */
  complete(line: string): [string[], string] {
    if (line.length > MAX_ARGUMENT_LENGTH) return [[], line];
    return findCompletions(this.#commands, line);
  }

  async #run(line: string): Promise<CommandOutcome> {
    if (Buffer.byteLength(line) > MAX_LINE_BYTES) {
      throw new VigilError(
        'ERR_COMMAND_ARGUMENT',
        `the line is longer than ${MAX_LINE_BYTES} bytes; it was not run`,
      );
    }
    const [name, ...args] = tokenize(line);
    if (name === undefined) return { ok: true, output: '' };
    const command = this.#find(name, args);
    return { ok: true, output: formatOutput(await this.#beforeDeadline(command, args)) };
  }

  #find(name: string, args: readonly string[]): Command {
    const forms = this.#commands.filter((command) => command.name === name);
    if (forms.length === 0) throw this.#unknown(name);
    const long = args.findIndex((argument) => argument.length > MAX_ARGUMENT_LENGTH);
    if (long !== -1) {
      const text = `argument ${long + 1} of ${name} is longer than ${MAX_ARGUMENT_LENGTH} characters`;
      throw new VigilError('ERR_COMMAND_ARGUMENT', text);
    }
    const fitting = forms.find(
      ({ argPatterns }) =>
        argPatterns.length === args.length &&
        argPatterns.every((pattern, index) => isWholeMatch(pattern, args[index] ?? '')),
    );
    if (fitting !== undefined) return fitting;
    const usages = forms.map(({ usage }) => `  ${usage}`).join('\n');
    throw new VigilError('ERR_COMMAND_ARGUMENT', `the arguments do not fit. Usage:\n${usages}`);
  }

  #unknown(name: string): VigilError {
    const names = this.names();
    const near = findNearestName(name, names);
    const shown = name.length > 64 ? `${name.slice(0, 64)}…` : name;
    const question = near === undefined ? '' : `Did you mean "${near}"? `;
    return new VigilError(
      'ERR_COMMAND_UNKNOWN',
      `unknown command "${shown}". ${question}Commands: ${names.join(', ')}`,
    );
  }

  #beforeDeadline(command: Command, args: string[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const timer = this.#clock.setTimer(this.#actionDeadlineMs, () => {
        const text = `${command.name} has not ended within ${this.#actionDeadlineMs / 1000} s; it may still be at work`;
        reject(new VigilError('ERR_COMMAND_TIMEOUT', text));
      });
      timer.unref();
      new Promise((settle) => {
        settle(command.action(args));
      })
        .then(resolve, reject)
        .finally(() => {
          timer.cancel();
        });
    });
  }

  #help(name?: string): string {
    const forms = this.#commands.filter((command) => name === undefined || command.name === name);
    if (forms.length === 0) throw this.#unknown(name ?? '');
    return forms.map(({ usage, help }) => layOut(usage, help)).join('\n');
  }
}

/** A usage that leaves no room for its explanation within 80 columns stands on a line of its own. */
function layOut(usage: string, help: string): string {
  if (help === '') return usage;
  const margin = USAGE_WIDTH + 2;
  if (usage.length <= USAGE_WIDTH) return `${usage.padEnd(margin)}${help}`;
  return `${usage}\n${' '.repeat(margin)}${help}`;
}

const USAGE_WIDTH = 22;

function formOf({ name, argPatterns }: Command): string {
  return [name, ...argPatterns.map(String)].join(' ');
}

function parsePattern(pattern: unknown): RegExp {
  if (types.isRegExp(pattern)) return pattern;
  if (typeof pattern !== 'string') {
    throw new VigilError(
      'ERR_ARGUMENT',
      `an argument pattern is a RegExp or a text, not ${inspect(pattern)}`,
    );
  }
  try {
    return new RegExp(pattern);
  } catch (cause) {
    throw new VigilError(
      'ERR_ARGUMENT',
      `${JSON.stringify(pattern)} is not the source of a regular expression`,
      { cause },
    );
  }
}

function describePattern({ source }: RegExp): string {
  return /^[\w|-]+$/.test(source) ? source : `<${source}>`;
}

function formatOutput(value: unknown): string {
  if (value === undefined) return '';
  const text = typeof value === 'string' ? value : inspect(value, { depth: 6 });
  if (text.length <= MAX_OUTPUT_LENGTH) return text;
  return `${text.slice(0, MAX_OUTPUT_LENGTH)}\n… ${text.length - MAX_OUTPUT_LENGTH} more characters are not shown`;
}
