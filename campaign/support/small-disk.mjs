import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const BYTES = 8e6;

/** A file system of its own at a directory, which can be full; where none can be mounted it is a plain directory. */
export class SmallDisk {
  /** Whether it can be full at all: to mount takes root, and not every container lets it. */
  isReal;
  #filler;
  #directory;

  constructor(directory) {
    mkdirSync(directory, { recursive: true });
    this.#directory = directory;
    this.#filler = join(directory, 'filler');
    const options = ['-t', 'tmpfs', '-o', `size=${String(BYTES)}`, 'none', directory];
    this.isReal =
      process.platform === 'linux' &&
      process.getuid() === 0 &&
      spawnSync('mount', options).status === 0;
    // Before the directory around it is removed.
    for (const signal of ['SIGINT', 'SIGTERM'])
      process.prependOnceListener(signal, () => this.unmount());
  }

  fill() {
    if (!this.isReal) return;
    for (let size = BYTES; size >= 1; size = Math.floor(size / 2)) {
      try {
        writeFileSync(this.#filler, Buffer.alloc(size), { flag: 'a' });
      } catch {
        // Less of it may still fit.
      }
    }
  }

  empty() {
    rmSync(this.#filler, { force: true });
  }

  unmount() {
    if (this.isReal) spawnSync('umount', ['-l', this.#directory]);
    this.isReal = false;
  }
}
