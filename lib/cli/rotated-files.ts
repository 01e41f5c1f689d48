import { readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';

/** While they are counted, one more may be moved aside, and another. */
const SOON_THERE = 2;

/**
 * FILE, FILE.1, FILE.2 and so on, as many as there are or may be there in a moment; the newest first.
 *
 * They are counted, as the session may have been started with other settings than this command is.
 */
export function listRotatedFiles(file: string): string[] {
  const start = `${basename(file)}.`;
  const numbers = namesIn(dirname(file))
    .filter((name) => name.startsWith(start))
    .map((name) => name.slice(start.length))
    .filter((end) => /^[1-9]\d{0,5}$/.test(end))
    .map(Number);
  const last = Math.max(0, ...numbers) + SOON_THERE;
  const older = Array.from({ length: last }, (_, index) => `${file}.${String(index + 1)}`);
  return [file, ...older];
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
