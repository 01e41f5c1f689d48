import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SESSIONS_FOLDER } from './list-sessions.ts';
import type { PlannedFile } from './planned-files.ts';

/** The .gitignore with the folder of the sessions, which holds their keys; null in a folder that is under no git. */
export function planIgnore(directory: string): PlannedFile | null {
  const path = join(directory, '.gitignore');
  const before = readIfThere(path);
  if (before === null && !existsSync(join(directory, '.git'))) return null;
  const text = before ?? '';
  const isThere = text.split(/\r?\n/).some((line) => IGNORED.test(line.trim()));
  const end = text === '' || text.endsWith('\n') ? '' : '\n';
  return {
    path,
    what: `${SESSIONS_FOLDER}/`,
    text: isThere ? text : `${text}${end}${SESSIONS_FOLDER}/\n`,
    isReplacing: false,
  };
}

const IGNORED = /^\/?\.vigil\/?\*{0,2}$/;

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
