import { rename, rm } from 'node:fs/promises';

/**
 * Moves a file aside, as `FILE.1`, and those moved before by one number each.
 *
 * @param keep - how many of them stay; 0: the file itself is removed
 */
export async function moveAside(file: string, keep: number): Promise<void> {
  await rm(keep > 0 ? `${file}.${String(keep)}` : file, { force: true });
  for (let n = keep - 1; n >= 1; n -= 1)
    await moveIfThere(`${file}.${String(n)}`, `${file}.${String(n + 1)}`);
  if (keep > 0) await moveIfThere(file, `${file}.1`);
}

async function moveIfThere(from: string, to: string): Promise<void> {
  await rename(from, to).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  });
}
