import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

export interface LastLines {
  /** Oldest first. */
  readonly lines: readonly string[];
  /** How far the newest file was read: where those begin that come later. */
  readonly end: number;
  /** Which file that was, under whatever name it is found later; null when there was none. */
  readonly inode: number | null;
}

/**
 * Reads the last lines of a file that is rotated: of FILE, and as far as they are needed of FILE.1, FILE.2 and so on.
 *
 * @param rotations - how many older files there may be
 * @throws the error of the file system, but not when a file is missing
 */
export function readLastLines(file: string, count: number, rotations: number): LastLines {
  const newest = readTail(file, count);
  let lines = newest.lines;
  const read = new Set([newest.inode]);
  let last = rotations;
  for (let n = 1; n <= last && lines.length < count; n += 1) {
    const older = readTail(`${file}.${n}`, count - lines.length);
    const isRead = older.inode !== null && read.has(older.inode);
    // They were moved while they were read: each has the name of the one that is older.
    if (isRead) last = rotations + 1;
    else lines = [...older.lines, ...lines];
    read.add(older.inode);
  }
  return { ...newest, lines };
}

const CHUNK_BYTES = 64 * 1024;
// One line without an end must not fill the memory.
const MOST_BYTES = 64 * 1024 * 1024;

function readTail(file: string, count: number): LastLines {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      return { lines: [], end: 0, inode: null };
    throw error;
  }
  try {
    const { size, ino } = fstatSync(descriptor);
    const lines = splitLast(readBackwards(descriptor, size, count), count);
    return { lines, end: size, inode: ino };
  } finally {
    closeSync(descriptor);
  }
}

/** Reads from the end until there are enough line breaks. */
function readBackwards(descriptor: number, size: number, count: number): Buffer {
  const chunks: Buffer[] = [];
  let start = size;
  let breaks = 0;
  // One more than lines are wanted: what stands before the first break may be a part of a line.
  while (start > 0 && breaks <= count && size - start < MOST_BYTES) {
    const length = Math.min(CHUNK_BYTES, start);
    const chunk = Buffer.alloc(length);
    const read = readSync(descriptor, chunk, 0, length, start - length);
    if (read === 0) break;
    start -= length;
    chunks.unshift(chunk.subarray(0, read));
    for (const byte of chunk) if (byte === NEWLINE) breaks += 1;
  }
  return Buffer.concat(chunks);
}

const NEWLINE = 0x0a;

function splitLast(bytes: Buffer, count: number): string[] {
  const lines = bytes.toString('utf8').split('\n');
  if (lines.at(-1) === '') lines.pop();
  return count === 0 ? [] : lines.slice(-count);
}
