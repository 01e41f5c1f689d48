import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileWhole } from '../../util/durable-file.ts';

const KEY_FILE = 'session.key';

/**
 * Writes the session key where the operator of this machine finds it, for this user alone.
 *
 * @returns the path
 */
export async function writeKeyFile(stateDirectory: string, sessionKey: string): Promise<string> {
  const path = join(stateDirectory, KEY_FILE);
  await writeFileWhole(path, `${sessionKey}\n`);
  return path;
}

/** Removes it, unless it holds the key of the monitor that took the session over. */
export function removeKeyFile(stateDirectory: string, sessionKey: string): void {
  const path = join(stateDirectory, KEY_FILE);
  try {
    if (readFileSync(path, 'utf8') === `${sessionKey}\n`) rmSync(path, { force: true });
  } catch {
    // It is gone already.
  }
}
