import type { Command } from './command.ts';
import { tokenizePartial } from './tokenize.ts';

/** Proposals for the word at the end of `line`, and the text of that word. */
export function findCompletions(commands: readonly Command[], line: string): [string[], string] {
  const { words, current, currentText } = tokenizePartial(line);
  const [name, ...args] = words;
  const proposals =
    name === undefined
      ? commands.map((command) => command.name)
      : proposeArguments(commands, name, [...args, current]);
  const hits = [...new Set(proposals)].filter((proposal) => proposal.startsWith(current));
  return [hits.map((hit) => (/[\s"'\\]/.test(hit) ? JSON.stringify(hit) : hit)), currentText];
}

function proposeArguments(
  commands: readonly Command[],
  name: string,
  args: readonly string[],
): string[] {
  const before = args.slice(0, -1);
  return commands
    .filter((command) => command.name === name && command.argPatterns.length >= args.length)
    .filter(({ argPatterns }) =>
      before.every((argument, index) => fitsLiterals(argPatterns[index], argument)),
    )
    .flatMap((command) => propose(command, args));
}

function propose(command: Command, args: readonly string[]): readonly string[] {
  if (command.complete === undefined) return literalsOf(command.argPatterns[args.length - 1]) ?? [];
  try {
    return command.complete(args);
  } catch {
    return []; // a user's function must not end the console for a Tab
  }
}

function fitsLiterals(pattern: RegExp | undefined, argument: string): boolean {
  return literalsOf(pattern)?.includes(argument) ?? true;
}

/** The words of a pattern that only lists some, as in `clean|force`. */
function literalsOf(pattern: RegExp | undefined): string[] | undefined {
  const source = pattern?.source.replace(/^\^?(?:\(\?:)?|\)?\$?$/g, '');
  return source !== undefined && /^[\w-]+(\|[\w-]+)*$/.test(source) ? source.split('|') : undefined;
}
