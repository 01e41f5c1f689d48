import type { Argv } from 'yargs';
import { nearestName } from '../config/nearest-name.ts';
import { VigilError } from '../errors.ts';
import type { VerbArguments, VerbFlag, VerbForm } from './verb.ts';
import { writtenForm } from './written-form.ts';

type Values = Readonly<Record<string, unknown>>;

/**
 * Reads the words after a command's name, however they are written.
 *
 * @throws ERR_USAGE
 */
export async function parseVerb(form: VerbForm, words: readonly string[]): Promise<VerbArguments> {
  const separator = form.rest === undefined ? -1 : words.indexOf('--');
  const own = separator === -1 ? words : words.slice(0, separator);
  const rest = separator === -1 ? [] : words.slice(separator + 1);
  const parser = await createParser(form);
  parser.fail((message: string, error: Error | undefined) => {
    if (error instanceof VigilError) throw error;
    throw usage(explainFailure(message || (error?.message ?? ''), form, own));
  });
  return createArguments(await parser.parseAsync([COMMAND, ...own]), rest);
}

/** What the parser library takes the command for, whose name may be two words. */
const COMMAND = 'command';

async function createParser(form: VerbForm): Promise<Argv> {
  const { default: yargs } = await import('yargs');
  const parser = yargs()
    .scriptName('vigil')
    .detectLocale(false)
    .exitProcess(false)
    .version(false)
    .help(false)
    .strict()
    .parserConfiguration({
      'camel-case-expansion': false,
      'dot-notation': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'boolean-negation': false,
      'greedy-arrays': false,
    });
  addForm(parser, form);
  return parser;
}

function addForm(parser: Argv, form: VerbForm): void {
  parser.command(
    writtenWords(form),
    form.describe,
    (inner) => {
      for (const { name, describe } of form.words ?? []) {
        inner.positional(name, { type: 'string', describe });
      }
      for (const flag of form.flags) addFlag(inner, flag);
      return inner;
    },
    () => undefined,
  );
}

/** What stands after "--" is no matter of the parser. */
function writtenWords({ words = [] }: VerbForm): string {
  const written = words.map(({ name, isOptional, isRepeated }) => {
    const all = isRepeated === true ? `${name}..` : name;
    return isOptional === true ? `[${all}]` : `<${all}>`;
  });
  return [COMMAND, ...written].join(' ');
}

function addFlag(parser: Argv, { name, alias, kind, describe }: VerbFlag): void {
  parser.option(name, {
    describe,
    type: kind === 'switch' ? 'boolean' : 'string',
    array: kind === 'list',
    ...(kind === 'switch' ? {} : { requiresArg: true }),
    ...(alias === undefined ? {} : { alias }),
  });
}

function createArguments(values: Values, rest: readonly string[]): VerbArguments {
  const list = (name: string): string[] => {
    const value = values[name];
    if (Array.isArray(value)) return value.map(String);
    return typeof value === 'string' ? [value] : [];
  };
  return {
    rest,
    list,
    text: (name) => list(name).at(-1),
    isOn: (name) => {
      const value: unknown = values[name];
      return Array.isArray(value) ? value.at(-1) === true : value === true;
    },
  };
}

/** Says what is wrong in the words of this command line rather than in those of the parser. */
function explainFailure(message: string, form: VerbForm, words: readonly string[]): string {
  const unknown = /^Unknown (?:argument|command)s?: (.*)$/.exec(message)?.[1];
  if (unknown !== undefined) return explainUnknown(unknown.split(', ')[0] ?? '', form, words);
  const valueless = /^Not enough arguments following: (.*)$/.exec(message)?.[1];
  if (valueless !== undefined) return `${dashed(valueless)} needs a value`;
  if (message.startsWith('Not enough non-option arguments')) {
    return `vigil ${form.name} needs more: vigil ${writtenForm(form)}`;
  }
  return message;
}

function explainUnknown(name: string, form: VerbForm, words: readonly string[]): string {
  if (words.includes(name)) return `unexpected "${name}": vigil ${writtenForm(form)}`;
  const names = ['help', 'version', ...form.flags.map((flag) => flag.name)];
  const near = nearestName(name, names);
  const hint =
    near === undefined ? `see vigil ${form.name} --help` : `did you mean ${dashed(near)}?`;
  return `vigil ${form.name} has no flag ${dashed(name)}: ${hint}`;
}

function dashed(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`;
}

function usage(message: string): VigilError {
  return new VigilError('ERR_USAGE', message);
}
