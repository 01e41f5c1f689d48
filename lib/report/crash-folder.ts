import { readdir } from 'node:fs/promises';

const FOLDER = /^\d{8}-\d{6}-\d{3}-[\da-f]{6}$/;

/** The folders beside the crash reports that hold what else was kept of a death, by the report's id; the oldest first. */
export async function listCrashFolders(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && FOLDER.test(entry.name))
    .map(({ name }) => name)
    .sort();
}
