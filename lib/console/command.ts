/** One form of a command. Several may share a name and differ in their argument patterns. */
export interface Command {
  readonly name: string;
  /** One pattern for each argument; the argument must fit it as a whole. */
  readonly argPatterns: readonly RegExp[];
  /** How it is written, for example `restart clean|force`. */
  readonly usage: string;
  /** One line that says what it does. */
  readonly help: string;
  /** What it returns is printed: text as it is, nothing for undefined, other values by `util.inspect`. */
  readonly action: (args: string[]) => unknown;
  /** Proposes values for the last of `args`, which may be half typed. Without it they are read off the pattern. */
  readonly complete?: (args: readonly string[]) => readonly string[];
}
