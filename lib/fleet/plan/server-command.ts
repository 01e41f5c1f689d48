import { listSecretsOf } from '../../report/secret-variable.ts';
import { listWords } from './list-words.ts';
import type { EntryValue, ServerEntry } from './server-entry.ts';

export interface ProgramFacts {
  /** Absolute path of the application's file. */
  readonly main: string;
  readonly env: string;
  /** Flags of node that the master was started with. */
  readonly nodeArgs: readonly string[];
}

export interface ServerCommand {
  /** The program and its arguments; no shell reads them. */
  readonly command: readonly string[];
  /** What does not belong into a command line, which everybody on the machine may read. */
  readonly hidden: Readonly<Record<string, EntryValue>>;
}

/** Each process that is inspected needs a port of its own. */
const OF_THE_MASTER_ALONE = /^--(?:inspect|debug)/;

/** How a server is started: the master's own file, with all that its entry says. */
export function createServerCommand(
  entry: ServerEntry,
  { main, env, nodeArgs }: ProgramFacts,
): ServerCommand {
  const { serverType, ...rest } = entry;
  const words: string[] = [`env=${env}`];
  const hidden: Record<string, EntryValue> = {};
  for (const [key, value] of Object.entries(rest)) {
    if (value === undefined || key === 'args' || key === 'ssh_config_params') continue;
    if (listSecretsOf(key, String(value)).length > 0) hidden[key] = value;
    else words.push(`${key}=${String(value)}`);
  }
  const command = [
    process.execPath,
    ...nodeArgs.filter((word) => !OF_THE_MASTER_ALONE.test(word)),
    ...listWords(entry['args']),
    main,
    ...words,
    `serverType=${serverType}`,
  ];
  return { command, hidden };
}
