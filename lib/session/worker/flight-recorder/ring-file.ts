import { openSync } from 'node:fs';
import { join } from 'node:path';

/** An open file for the memory of a ring; only its maker and the monitor know the name. */
export interface RingFile {
  readonly descriptor: number;
  readonly path: string;
}

/**
 * Makes the file in the first of the directories that takes it.
 *
 * @throws the error of the last one, when none does
 */
export function createRingFile(directories: readonly string[], name: string): RingFile {
  let reason: unknown = new Error('there is no directory for it');
  for (const directory of directories) {
    const path = join(directory, name);
    try {
      // What is there already may be somebody else's: it is neither written to nor followed.
      const descriptor = openSync(path, 'wx', 0o600);
      return { descriptor, path };
    } catch (error) {
      reason = error;
    }
  }
  throw reason;
}
