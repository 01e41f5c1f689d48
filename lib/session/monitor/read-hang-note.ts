import { readFileSync, statSync } from 'node:fs';
import { HANG_FINDINGS, type HangNote } from '../hang-note.ts';

const MAX_NOTE_BYTES = 100_000;

/** Reads what the watchdog thread of a server process has said; null when there is nothing, or nothing of sense. @lazy */
export function readHangNote(file: string): HangNote | null {
  try {
    const stats = statSync(file);
    // To open a named pipe would hold the monitor up.
    if (!stats.isFile() || stats.size > MAX_NOTE_BYTES) return null;
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isHangNote(value) ? value : null;
  } catch {
    return null;
  }
}

/** Whoever may write into the state directory may have written it: nothing of it is trusted. */
function isHangNote(value: unknown): value is HangNote {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, at, stuckMs, finding, stack, why } = value as Record<keyof HangNote, unknown>;
  const areNumbers = [pid, at, stuckMs].every((number) => Number.isFinite(number));
  const isFinding = HANG_FINDINGS.includes(finding as HangNote['finding']);
  const isStack = stack === null || typeof stack === 'string';
  return areNumbers && isFinding && isStack && typeof why === 'string';
}
