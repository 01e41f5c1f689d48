import { existsSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { VigilError } from '../errors.ts';
import type { VerbCall, VerbFlag } from './verb.ts';

export const DIRECTORY_FLAG: VerbFlag = {
  name: 'directory',
  alias: 'd',
  kind: 'text',
  value: 'DIR',
  completes: 'directories',
  describe: 'of the application (default: this one)',
};

/** The directory of the application that a command is about, without links. @throws ERR_USAGE when there is none */
export function findFleetBase({ arguments: given, cwd }: VerbCall): string {
  const base = resolve(cwd, given.text('directory') ?? '.');
  try {
    return realpathSync(base);
  } catch (cause) {
    throw new VigilError('ERR_USAGE', `there is no directory ${base}`, { cause });
  }
}

/** The file that every process of a fleet runs; null when there is none. */
export function findFleetMain(base: string): string | null {
  const main = join(base, 'app.js');
  return existsSync(main) ? main : null;
}

/** Where the servers of an application write. */
export function logsOf(base: string): string {
  return join(base, 'logs');
}
