import { accessSync, constants, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { VigilError } from '../errors.ts';

/** The file as node itself would find it. @throws ERR_ENTRY_NOT_FOUND */
export function findEntry(given: string): string {
  const path = resolve(given);
  try {
    const found = require.resolve(path);
    accessSync(found, constants.R_OK);
    return found;
  } catch (cause) {
    const why = describeTrouble(path, (cause as NodeJS.ErrnoException).code);
    throw new VigilError('ERR_ENTRY_NOT_FOUND', `the entry file ${given} ${why}`, { cause });
  }
}

function describeTrouble(path: string, code: string | undefined): string {
  if (code === 'EACCES') return 'cannot be read: check its permissions';
  const isDirectory = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  return isDirectory
    ? 'is a directory without an index.js or a package.json that names its main file: give the file itself'
    : 'does not exist: check the path';
}
