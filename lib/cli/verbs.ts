import { nearestName } from '../config/nearest-name.ts';
import { VigilError } from '../errors.ts';
import { systemClock } from '../util/clock.ts';
import { VERSION } from '../version.ts';
import { EXIT } from './exit-codes.ts';
import { Output } from './output.ts';
import { describeVerbs } from './overview.ts';
import { COMPLETION_FLAG, completeWords, parseVerb } from './parse-verb.ts';
import type { Verb } from './verb.ts';
import { FORMS, VERBS } from './verb-table.ts';

/**
 * Runs one command of `vigil`, help and version included; only `vigil run server.js` itself goes another way.
 *
 * @param argv - the words after `vigil`
 * @throws ERR_USAGE, and what the command throws
 * @lazy
 */
export async function runVerb(argv: readonly string[]): Promise<void> {
  endWithReader();
  const output = new Output(process.stdout, process.stderr);
  process.exitCode = await runWords(argv, output);
}

/** A reader that is gone, as in `vigil events | head`, wants nothing more. */
function endWithReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.failed);
    });
  }
}

async function runWords(argv: readonly string[], output: Output): Promise<number> {
  const [word, ...rest] = argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv;
  if (word === undefined) {
    output.explain(describeVerbs(FORMS));
    return EXIT.usage;
  }
  if (word === COMPLETION_FLAG) {
    output.print(await completeWords(FORMS, rest));
    return EXIT.ok;
  }
  if (word === '--version' || isAsked(rest, '--version')) {
    output.print(VERSION);
    return EXIT.ok;
  }
  if (word === '--help' || word === '-h') {
    output.print(describeVerbs(FORMS));
    return EXIT.ok;
  }
  return runNamed(word, rest, output);
}

async function runNamed(word: string, rest: readonly string[], output: Output): Promise<number> {
  const form = FORMS.find(({ name }) => name === word);
  if (form === undefined) throw createUnknown(word);
  const parsed = await parseVerb(form, rest);
  if (parsed.help !== null) {
    output.print(parsed.help);
    return EXIT.ok;
  }
  const verb: Verb | undefined = VERBS.find(({ name }) => name === word);
  if (verb === undefined) throw createUnknown(word);
  return verb.run({
    arguments: parsed.arguments,
    cwd: process.cwd(),
    output,
    clock: systemClock,
  });
}

/** Whether a flag stands among the words, before those that are not ours. */
function isAsked(words: readonly string[], flag: string): boolean {
  const end = words.indexOf('--');
  return (end === -1 ? words : words.slice(0, end)).includes(flag);
}

function createUnknown(word: string): VigilError {
  if (word.startsWith('-')) {
    return new VigilError('ERR_USAGE', `flags come after the command: vigil <command> ${word}`);
  }
  const near = nearestName(
    word,
    FORMS.map(({ name }) => name),
  );
  const hint = near === undefined ? 'see vigil --help' : `did you mean "${near}"?`;
  return new VigilError('ERR_USAGE', `vigil has no command "${word}": ${hint}`);
}
