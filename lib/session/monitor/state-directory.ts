import { accessSync, constants, mkdirSync } from 'node:fs';
import { VigilError } from '../../errors.ts';

/**
 * Makes the state directory, readable by its owner alone.
 *
 * @throws ERR_STATE_DIRECTORY when it cannot be made or written
 */
export function prepareStateDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new VigilError(
      'ERR_STATE_DIRECTORY',
      `the state directory ${path} cannot be used (${(error as NodeJS.ErrnoException).code ?? 'unknown'}): make it writable, or choose another with --state-dir`,
      { cause: error },
    );
  }
}
