import { readFileSync, statSync } from 'node:fs';

const MAX_SOURCE_BYTES = 4_000_000;

/** Reads a source file that a stack names; null when it is not an ordinary file of ordinary size. */
export function readSource(file: string): string | null {
  try {
    const stat = statSync(file);
    return stat.isFile() && stat.size <= MAX_SOURCE_BYTES ? readFileSync(file, 'utf8') : null;
  } catch {
    return null;
  }
}
