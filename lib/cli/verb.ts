import type { Clock } from '../util/clock.ts';
import type { Output } from './output.ts';

/** One flag of a command. */
export interface VerbFlag {
  readonly name: string;
  readonly alias?: string;
  readonly kind: 'text' | 'number' | 'switch' | 'list';
  readonly describe: string;
  /** What stands for its value in the help; default by its kind. */
  readonly value?: string;
  readonly completes?: Completes;
}

/** What a shell may propose for a value: words that are known, or what is looked up at that moment. */
export type Completes =
  | readonly string[]
  | 'files'
  | 'directories'
  | 'sessions'
  | 'crashIds'
  | 'configKeys'
  | 'configValues'
  | 'settings'
  | 'simulation';

/** One word of a command that is no flag. */
export interface VerbWord {
  readonly name: string;
  readonly describe: string;
  readonly isOptional?: boolean;
  /** Takes all words from here on; only the last one can. */
  readonly isRepeated?: boolean;
  readonly completes?: Completes;
}

/** How a command is written: what its help, its completion and its parser are made from. */
export interface VerbForm {
  readonly name: string;
  /** One line, beginning with what it does. */
  readonly describe: string;
  readonly words?: readonly VerbWord[];
  readonly flags: readonly VerbFlag[];
  /** What stands after `--`, when the command takes it. */
  readonly rest?: string;
  /** Whole command lines. */
  readonly examples?: readonly string[];
}

/** A command that consists of others, such as `vigil stream`; only the one that was called is loaded. */
export interface VerbGroup extends VerbForm {
  /** By the word after the name of the group; the name of each is both words. */
  readonly verbs: Readonly<Record<string, () => Verb>>;
}

/** A command of `vigil` and what it does. */
export interface Verb extends VerbForm {
  /** Resolves with the exit code; rejects with an error that has one. */
  run(call: VerbCall): Promise<number>;
}

/** What was written, and where the command works. */
export interface VerbCall {
  readonly arguments: VerbArguments;
  readonly cwd: string;
  readonly output: Output;
  readonly clock: Clock;
}

/** The words and flags of one call, checked against the form of its command. */
export interface VerbArguments {
  text(name: string): string | undefined;
  list(name: string): readonly string[];
  isOn(name: string): boolean;
  /** What stands after `--`. */
  readonly rest: readonly string[];
}
