import { open, stat, type FileHandle } from 'node:fs/promises';
import { type Clock, waitFor } from '../util/clock.ts';
import { listRotatedFiles } from './rotated-files.ts';

/** Where the reading so far has ended. */
export interface FollowStart {
  readonly end: number;
  readonly inode: number | null;
}

export interface FollowOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

// Looking again works on every file system; watching does not.
const LOOK_AGAIN_MS = 200;
// A rotation in progress: files have no name for a moment.
const MOVING_MS = 10;
const MOST_TRIES = 20;
const CHUNK_BYTES = 64 * 1024;

/** Reads what is appended to a file until `signal` fires, through its rotations. The file may not be there yet. */
export async function* followFile(
  file: string,
  from: FollowStart,
  { clock, signal }: FollowOptions,
): AsyncGenerator<Buffer, void> {
  const isAborted = (): boolean => signal.aborted;
  const findSuccessor = async (old: FileHandle): Promise<FileHandle | null> => {
    for (let tries = 0; tries < MOST_TRIES && !isAborted(); tries += 1) {
      const next = await openSuccessor(file, old);
      if (next !== null) return next;
      await waitFor(clock, MOVING_MS, signal);
    }
    return null;
  };
  let handle = await openWhereLeft(file, from);
  let position = handle === null ? 0 : from.end;
  try {
    while (!isAborted()) {
      handle ??= await openIfThere(file);
      // Asked first: what was written before the file was moved aside is still read.
      const isSame = handle === null || (await isStill(file, handle, position));
      for (let chunk = await readAt(handle, position); chunk.length > 0;) {
        position += chunk.length;
        yield chunk;
        chunk = await readAt(handle, position);
      }
      if (isSame) {
        await waitFor(clock, LOOK_AGAIN_MS, signal);
      } else {
        const next = handle === null ? null : await findSuccessor(handle);
        await handle?.close();
        handle = next;
        position = 0;
      }
    }
  } finally {
    await handle?.close();
  }
}

/** The file that was read so far; it may have been moved aside meanwhile. Null when it is neither here nor there. */
async function openWhereLeft(file: string, from: FollowStart): Promise<FileHandle | null> {
  for (const path of listRotatedFiles(file)) {
    const handle = from.inode === null ? null : await openIfThere(path);
    if (handle !== null && (await handle.stat()).ino === from.inode) return handle;
    await handle?.close();
  }
  return null;
}

/**
 * The file that was begun when this one was moved aside; much output moves more than one aside between two looks.
 * Of those that are not kept any more nothing can be read: then the oldest that is.
 */
async function openSuccessor(file: string, handle: FileHandle): Promise<FileHandle | null> {
  const { ino, mtimeMs } = await handle.stat();
  // Files are only ever moved towards the end of the list, so one look along it finds it wherever it is moved to.
  const files = listRotatedFiles(file);
  for (const [age, path] of files.entries()) {
    if ((await inodeOf(path)) !== ino) continue;
    const next = await openIfThere(files[age - 1] ?? file);
    // Unless they were moved just now, it still stands where it was found.
    if (age === 0 || (await inodeOf(path)) === ino) return next;
    await next?.close();
  }
  return (await openOldestSince(mtimeMs, files.slice(1))) ?? openIfThere(file);
}

/** Those before it have been read already, or are none of this reader's business. */
async function openOldestSince(
  mtimeMs: number,
  files: readonly string[],
): Promise<FileHandle | null> {
  for (const path of files.toReversed()) {
    const handle = await openIfThere(path);
    if (handle !== null && (await handle.stat()).mtimeMs > mtimeMs) return handle;
    await handle?.close();
  }
  return null;
}

async function inodeOf(path: string): Promise<number | null> {
  return await stat(path).then(
    ({ ino }) => ino,
    () => null,
  );
}

async function openIfThere(file: string): Promise<FileHandle | null> {
  try {
    return await open(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function readAt(handle: FileHandle | null, position: number): Promise<Buffer> {
  if (handle === null) return Buffer.alloc(0);
  const { buffer, bytesRead } = await handle.read(
    Buffer.alloc(CHUNK_BYTES),
    0,
    CHUNK_BYTES,
    position,
  );
  return buffer.subarray(0, bytesRead);
}

/** Whether the name still means the file that is open, and it has not been cut short. */
async function isStill(file: string, handle: FileHandle, position: number): Promise<boolean> {
  try {
    const [named, opened] = await Promise.all([stat(file), handle.stat()]);
    return named.ino === opened.ino && named.dev === opened.dev && opened.size >= position;
  } catch {
    // Moved aside, and its successor is not there yet: this one may still be written.
    return true;
  }
}
