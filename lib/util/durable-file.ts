import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Writes a file so that a reader, or a power cut, sees the old content or the new one, never a part.
 *
 * @param mode - permissions of the file; default 0600
 * @throws the error of the file system; nothing half-written stays behind
 */
export async function writeFileWhole(
  path: string,
  data: string | Uint8Array,
  mode = 0o600,
): Promise<void> {
  const temporary = join(
    dirname(path),
    `.${basename(path)}.${String(process.pid)}-${String(++written)}.tmp`,
  );
  underWay.add(temporary);
  try {
    await writeAndSync(temporary, data, mode);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  } finally {
    underWay.delete(temporary);
  }
  await syncDirectory(dirname(path));
}

/** Whether a file name is one that `writeFileWhole` uses while it writes. */
export function isTemporaryFile(name: string): boolean {
  return name.startsWith('.') && name.endsWith('.tmp');
}

/** Whether a file is one that `writeFileWhole` has left behind: the process that wrote it was killed. */
export function isLeftHalfWritten(path: string): boolean {
  return isTemporaryFile(basename(path)) && !underWay.has(path);
}

/**
 * Appends one line with one write. A torn last line, left by a crash, is closed first, so that it cannot swallow this one.
 *
 * @param line - without line breaks; its end is added here
 * @param mode - permissions of the file if it has to be made; default 0600
 */
export async function appendLine(path: string, line: string, mode = 0o600): Promise<void> {
  const handle = await open(path, 'a+', mode);
  try {
    const torn = await endsInsideLine(handle);
    await handle.appendFile(`${torn ? '\n' : ''}${line}\n`);
  } finally {
    await handle.close();
  }
}

let written = 0;
const underWay = new Set<string>();

async function writeAndSync(path: string, data: string | Uint8Array, mode: number): Promise<void> {
  const handle = await open(path, 'wx', mode);
  try {
    await handle.writeFile(data);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

// The rename itself is only safe once the directory is. Some file systems cannot sync a directory; the file is whole there too.
async function syncDirectory(path: string): Promise<void> {
  try {
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    return;
  }
}

async function endsInsideLine(handle: FileHandle): Promise<boolean> {
  const { size } = await handle.stat();
  if (size === 0) return false;
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== 0x0a;
}
