import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { copyFile, stat, truncate } from 'node:fs/promises';
import { OutputRing } from './output-ring.ts';

const TAIL_BYTES = 16 * 1024;

/**
 * The last lines of a file that another process writes; none when it cannot be read.
 *
 * @param from - what stands before that byte does not count
 */
export function readTail(file: string, count: number, from = 0): string[] {
  let handle: number | null = null;
  try {
    handle = openSync(file, 'r');
    const { size } = fstatSync(handle);
    // Shorter than it was: it was begun anew meanwhile.
    const start = from > size ? 0 : from;
    // A byte more than the ring holds: it leaves a first line out whose beginning is gone.
    const bytes = Buffer.alloc(Math.min(size - start, TAIL_BYTES + 1));
    readSync(handle, bytes, 0, bytes.length, size - bytes.length);
    const ring = new OutputRing(TAIL_BYTES);
    ring.push(bytes);
    return ring.tail(count);
  } catch {
    return [];
  } finally {
    if (handle !== null) closeSync(handle);
  }
}

/**
 * Begins a file anew when it has grown too large; whoever appends to it goes on at its end. Its former part is kept
 * beside it as `FILE.1`. What goes wrong is tried again at the next look.
 */
export async function limitFile(file: string, maxBytes: number): Promise<void> {
  try {
    if ((await stat(file)).size < maxBytes) return;
    await copyFile(file, `${file}.1`);
    await truncate(file);
  } catch {
    // It may not be there yet.
  }
}
