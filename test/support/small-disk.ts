import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTempDirectory } from './temp-directory.ts';

/** A file system of its own that can be full. */
export interface SmallDisk {
  readonly directory: string;
  fill(): void;
  empty(): void;
  unmount(): void;
}

/** A test for which a file system is mounted; where that is not allowed there is none, and the run says so. */
export function onFullDisk(name: string, test: () => Promise<void>): void {
  if (canMount()) it(name, test);
  else process.stderr.write(`not tested, as nothing can be mounted here: ${name}\n`);
}

/** It takes root, and not every container lets it. */
function canMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  return spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;
}

export async function mountSmallDisk(bytes: number): Promise<SmallDisk> {
  const directory = await makeTempDirectory();
  const options = ['-t', 'tmpfs', '-o', `size=${bytes}`, 'none', directory];
  const { status, stderr } = spawnSync('mount', options, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`mount failed: ${stderr}`);
  const filler = join(directory, 'filler');
  return {
    directory,
    fill: () => {
      for (let size = bytes; size >= 1; size = Math.floor(size / 2)) {
        try {
          writeFileSync(filler, Buffer.alloc(size), { flag: 'a' });
        } catch {
          // Less of it may still fit.
        }
      }
    },
    empty: () => {
      rmSync(filler, { force: true });
    },
    unmount: () => {
      spawnSync('umount', ['-l', directory]);
    },
  };
}
