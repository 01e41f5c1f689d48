import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileWhole } from '../../util/durable-file.ts';

/** Who may read the state directory of a fleet is its operator; nobody in `adminUser.json` can have this name. */
export const LOCAL_USER = '@local';

const KEY_FILE = 'admin.key';

/** Where commands on this machine, and who looks at the page, find the key. */
export function localKeyFile(stateDirectory: string): string {
  return join(stateDirectory, KEY_FILE);
}

/** Writes the key where commands on this machine find it, for this user alone. The directory is there. */
export async function writeLocalKey(stateDirectory: string, key: string): Promise<void> {
  await writeFileWhole(localKeyFile(stateDirectory), `${key}\n`);
}

/** @returns null when there is none that this user may read */
export function readLocalKey(stateDirectory: string): string | null {
  try {
    return readFileSync(localKeyFile(stateDirectory), 'utf8').trim() || null;
  } catch {
    return null;
  }
}

/** Removes it, unless it is that of another master. */
export function removeLocalKey(stateDirectory: string, key: string): void {
  if (readLocalKey(stateDirectory) === key) rmSync(localKeyFile(stateDirectory), { force: true });
}
