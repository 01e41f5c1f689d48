import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { ConfigOverride } from '../config/parse-setting.ts';
import { VigilError } from '../errors.ts';
import { RUN_FLAGS, type RunFlag } from './run-flags.ts';

/** What `vigil run` was asked to do. */
export interface RunRequest {
  readonly entry: string;
  readonly args: readonly string[];
  readonly nodeArgs: readonly string[];
  readonly configFile: string | null;
  readonly overrides: readonly ConfigOverride[];
  /** Values of `--set`, which are read by the configuration. */
  readonly settings: readonly string[];
  readonly repl: boolean;
  readonly log: 'text' | 'json';
  readonly quiet: boolean;
  readonly takeOver: boolean;
  readonly help: boolean;
}

type Values = Record<string, string | boolean | readonly (string | boolean)[] | undefined>;

/**
 * Reads the arguments after `vigil run` with Node's own parser: the monitor must stay small, and a
 * parser library would stay loaded as long as it runs.
 *
 * @throws ERR_USAGE
 */
export function parseRun(argv: readonly string[]): RunRequest {
  const separator = argv.indexOf('--');
  const own = separator === -1 ? argv : argv.slice(0, separator);
  const { values, positionals } = parse(own);
  const [entry, ...surplus] = positionals;
  const help = values['help'] === true;
  if (entry === undefined && !help)
    throw usage('vigil run needs the file to run: vigil run server.js');
  if (surplus.length > 0) {
    throw usage(`unexpected "${surplus.join(' ')}": arguments of the server come after "--"`);
  }
  return {
    entry: entry ?? '',
    args: separator === -1 ? [] : argv.slice(separator + 1),
    nodeArgs: listOf(values['node-arg']),
    configFile: textOf(values['config']),
    overrides: RUN_FLAGS.flatMap((flag) => readOverride(flag, values[flag.name])),
    settings: listOf(values['set']),
    repl: values['no-repl'] !== true,
    log: readLog(textOf(values['log'])),
    quiet: values['quiet'] === true,
    takeOver: values['take-over'] === true,
    help,
  };
}

function parse(argv: readonly string[]): { values: Values; positionals: string[] } {
  const options: NonNullable<ParseArgsConfig['options']> = {
    help: { type: 'boolean', short: 'h' },
  };
  for (const { name, alias, kind } of RUN_FLAGS) {
    options[name] = {
      type: kind === 'switch' ? 'boolean' : 'string',
      multiple: kind === 'list',
      ...(alias === undefined ? {} : { short: alias }),
    };
  }
  try {
    const { values, positionals } = parseArgs({
      args: joinValues(argv),
      options,
      allowPositionals: true,
    });
    return { values: values, positionals };
  } catch (error) {
    throw usage(explainFailure((error as Error).message));
  }
}

/** Node's parser says at length how else it could have been meant; the first sentence is enough. */
function explainFailure(message: string): string {
  const [sentence = message] = message.split('. ');
  const unknown = /^Unknown option '-{1,2}([^']+)'/.exec(sentence)?.[1];
  if (unknown === undefined) return sentence;
  const { nearestName } =
    require('../config/nearest-name') as typeof import('../config/nearest-name.ts');
  const near = nearestName(
    unknown,
    RUN_FLAGS.map(({ name }) => name),
  );
  const hint = near === undefined ? 'see vigil run --help' : `did you mean --${near}?`;
  return `vigil run has no flag --${unknown}: ${hint}`;
}

/** A value that begins with a dash (`--node-arg --import`) is a value all the same. */
function joinValues(argv: readonly string[]): string[] {
  const joined: string[] = [];
  for (const word of argv) {
    if (joined.at(-1) === '--node-arg') joined[joined.length - 1] = `--node-arg=${word}`;
    else joined.push(word);
  }
  return joined;
}

function readOverride(flag: RunFlag, value: Values[string]): ConfigOverride[] {
  if (flag.path === undefined || value === undefined) return [];
  const plain = flag.kind === 'number' && typeof value === 'string' ? readNumber(value) : value;
  return [{ flag: `--${flag.name}`, path: flag.path, value: plain }];
}

/** What is no number stays a text, so that the configuration says what it expected instead. */
function readNumber(text: string): number | string {
  const number = Number(text);
  return text.trim() === '' || Number.isNaN(number) ? text : number;
}

function readLog(text: string | null): 'text' | 'json' {
  if (text === null || text === 'text') return 'text';
  if (text === 'json') return 'json';
  throw usage(`--log expects json or text, found "${text}"`);
}

function listOf(value: Values[string]): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function textOf(value: Values[string]): string | null {
  return typeof value === 'string' ? value : null;
}

function usage(message: string): VigilError {
  return new VigilError('ERR_USAGE', message);
}
