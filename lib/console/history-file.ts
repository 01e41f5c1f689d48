import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { writeFileWhole } from '../util/durable-file.ts';

const MOST_LINES = 500;
const MOST_BYTES = 256 * 1024;

/**
 * The lines that were typed at a console, kept in a file for this user alone.
 *
 * Several consoles may write to it at once. A line that begins with a blank is not kept, as in a shell. A file that
 * cannot be read or written is no reason to stop: then nothing is remembered.
 */
export class HistoryFile {
  /** Newest first. */
  readonly lines: readonly string[];
  readonly #path: string;

  private constructor(path: string, lines: readonly string[]) {
    this.#path = path;
    this.lines = lines;
  }

  static async open(path: string): Promise<HistoryFile> {
    const { lines, isLong } = readEnd(path);
    if (isLong) await writeFileWhole(path, toText(lines)).catch(() => undefined);
    return new HistoryFile(path, lines.toReversed());
  }

  add(line: string): void {
    if (line.trim() === '' || /^\s|[\r\n\0]/.test(line)) return;
    try {
      const file = openSync(this.#path, 'a', 0o600);
      try {
        writeSync(file, `${line}\n`);
      } finally {
        closeSync(file);
      }
    } catch {
      // Not remembered.
    }
  }
}

function readEnd(path: string): { lines: string[]; isLong: boolean } {
  try {
    const file = openSync(path, 'r');
    try {
      const { size } = fstatSync(file);
      const bytes = Buffer.alloc(Math.min(size, MOST_BYTES));
      readSync(file, bytes, 0, bytes.length, size - bytes.length);
      const all = bytes.toString().split('\n');
      // The first one may have been cut.
      const lines = (size > MOST_BYTES ? all.slice(1) : all).filter((line) => line.trim() !== '');
      return {
        lines: lines.slice(-MOST_LINES),
        isLong: size > MOST_BYTES || lines.length > MOST_LINES,
      };
    } finally {
      closeSync(file);
    }
  } catch {
    return { lines: [], isLong: false };
  }
}

function toText(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
