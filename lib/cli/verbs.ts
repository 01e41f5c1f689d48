import { nearestName } from '../config/nearest-name.ts';
import { VigilError } from '../errors.ts';
import { systemClock } from '../util/clock.ts';
import { VERSION } from '../version.ts';
import { COMPLETE_VERB, SHELLS } from './completion-scripts.ts';
import { EXIT } from './exit-codes.ts';
import { Output } from './output.ts';
import { parsePlain } from './parse-plain.ts';
import type { Verb, VerbArguments, VerbForm, VerbGroup } from './verb.ts';
import { loadForm, loadForms, loadFromGroup, loadVerb, VERB_NAMES } from './verb-table.ts';

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
    output.explain(describeAll(output));
    return EXIT.usage;
  }
  if (word === COMPLETE_VERB) return complete(rest, output);
  if (word === '--version' || isAsked(rest, '--version')) {
    output.print(VERSION);
    return EXIT.ok;
  }
  if (word === '--help' || word === '-h') {
    output.print(describeAll(output));
    return EXIT.ok;
  }
  return runNamed(word, rest, output);
}

async function runNamed(word: string, rest: readonly string[], output: Output): Promise<number> {
  const verb = loadVerb(word);
  if (verb !== undefined && 'verbs' in verb) return runOfGroup(verb, rest, output);
  return runOne(verb ?? loadForm(word) ?? refuse(word, VERB_NAMES), rest, output);
}

function runOfGroup(
  group: VerbGroup,
  [word, ...rest]: readonly string[],
  output: Output,
): Promise<number> {
  if (word === undefined) {
    output.explain(describeOne(group, output));
    return Promise.resolve(EXIT.usage);
  }
  if (word === '--help' || word === '-h') {
    output.print(describeOne(group, output));
    return Promise.resolve(EXIT.ok);
  }
  const verb = loadFromGroup(group, word);
  return runOne(
    verb ?? refuse(word, Object.keys(group.verbs), `vigil ${group.name}`),
    rest,
    output,
  );
}

async function runOne(
  form: Verb | VerbForm,
  rest: readonly string[],
  output: Output,
): Promise<number> {
  if (isAsked(rest, '--help') || (isAsked(rest, '-h') && !takesHost(form))) {
    output.print(describeOne(form, output));
    return EXIT.ok;
  }
  if (!('run' in form)) return refuse(form.name, VERB_NAMES);
  return form.run({
    arguments: parsePlain(form, rest) ?? (await parseAny(form, rest)),
    cwd: process.cwd(),
    output,
    clock: systemClock,
  });
}

/** Commands that ask a master have another meaning for `-h`, as all of that family have. */
function takesHost({ flags }: VerbForm): boolean {
  return flags.some(({ alias }) => alias === 'h');
}

function parseAny(form: VerbForm, words: readonly string[]): Promise<VerbArguments> {
  const { parseVerb } = require('./parse-verb') as typeof import('./parse-verb.ts');
  return parseVerb(form, words);
}

function describeAll({ width }: Output): string {
  const { describeVerbs } = require('./overview') as typeof import('./overview.ts');
  return describeVerbs(loadForms(), width);
}

function describeOne(form: VerbForm | VerbGroup, { width }: Output): string {
  const { describeVerb } = require('./help-text') as typeof import('./help-text.ts');
  return describeVerb(form, width);
}

/** Answers a completion script; whatever goes wrong, the shell is left alone. */
async function complete([given = '', ...rest]: readonly string[], output: Output): Promise<number> {
  const shell = SHELLS.find((name) => name === given);
  if (shell === undefined) return EXIT.usage;
  const { readQuestion, writeAnswer } =
    require('./completion-answer') as typeof import('./completion-answer.ts');
  const { completeWords } = require('./complete-words') as typeof import('./complete-words.ts');
  const { createLookUp } =
    require('./completion-values') as typeof import('./completion-values.ts');
  const { words, kept } = readQuestion(shell, rest);
  const lookUp = createLookUp({ cwd: process.cwd() });
  const answer = writeAnswer(shell, await completeWords(words, lookUp), kept);
  if (answer !== '') output.print(answer);
  return EXIT.ok;
}

/** Whether a flag stands among the words, before those that are not ours. */
function isAsked(words: readonly string[], flag: string): boolean {
  const end = words.indexOf('--');
  return (end === -1 ? words : words.slice(0, end)).includes(flag);
}

function refuse(word: string, names: readonly string[], program = 'vigil'): never {
  if (word.startsWith('-'))
    throw new VigilError('ERR_USAGE', `flags come after the command: ${program} <command> ${word}`);
  const near = nearestName(word, names);
  const hint = near === undefined ? `see ${program} --help` : `did you mean "${near}"?`;
  throw new VigilError('ERR_USAGE', `${program} has no command "${word}": ${hint}`);
}
