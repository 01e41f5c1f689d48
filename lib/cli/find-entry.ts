import { accessSync, constants } from 'node:fs';
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
    const unreadable = (cause as NodeJS.ErrnoException).code === 'EACCES';
    const why = unreadable
      ? 'cannot be read: check its permissions'
      : 'does not exist: check the path';
    throw new VigilError('ERR_ENTRY_NOT_FOUND', `the entry file ${given} ${why}`, { cause });
  }
}
