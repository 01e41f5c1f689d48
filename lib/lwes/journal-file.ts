import { open, rename, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';

/** A journal on disk: what is appended is there as a whole, or not at all. */
export class JournalFile {
  readonly #handle: FileHandle;
  #size = 0;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** Begins a new file; the one that is there, if it holds anything, is put aside first. */
  static async begin(path: string, at: Date): Promise<JournalFile> {
    if ((await sizeOf(path)) > 0) await rename(path, await findFreeName(path, at));
    return new JournalFile(await open(path, 'w', 0o600));
  }

  get size(): number {
    return this.#size;
  }

  /** @throws the error of the file system; the file is as it was before */
  async append(bytes: Buffer): Promise<void> {
    let done = 0;
    try {
      while (done < bytes.length) {
        const { bytesWritten } = await this.#handle.write(bytes, done, null, this.#size + done);
        done += bytesWritten;
      }
      this.#size += done;
    } catch (error) {
      await this.#handle.truncate(this.#size).catch(() => undefined);
      throw error;
    }
  }

  /** Never rejects: there is nothing left to do about it. */
  async close(): Promise<void> {
    await this.#handle.datasync().catch(() => undefined);
    await this.#handle.close().catch(() => undefined);
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

/** `events.log.gz` becomes `events.20260101T000000000Z.log.gz`, and `events.20260101T000000000Z-1.log.gz` when that is taken. */
async function findFreeName(path: string, at: Date): Promise<string> {
  const packed = path.endsWith('.gz') ? '.gz' : '';
  const plain = basename(path, packed);
  const extension = extname(plain);
  const stem = join(dirname(path), basename(plain, extension));
  const time = at.toISOString().replaceAll(/[-:.]/g, '');
  for (let number = 0; ; number++) {
    const name = `${stem}.${time}${number === 0 ? '' : `-${number}`}${extension}${packed}`;
    if (!(await exists(name))) return name;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}
