import { type FSWatcher, watch } from 'node:fs';
import { basename, join, sep } from 'node:path';

export interface FolderWatchersOptions {
  /** Something happened to what bears this name; null when the operating system does not say. */
  readonly onHint: (folder: string, name: string | null) => void;
  /** A folder cannot be watched. */
  readonly onTrouble: (error: NodeJS.ErrnoException) => void;
}

/**
 * The operating system's watchers, one for each folder. What they say is a hint to look, no more:
 * Node's own recursive watching misses what happens while it is being set up (nodejs/node#48437).
 */
export class FolderWatchers {
  readonly #options: FolderWatchersOptions;
  readonly #watchers = new Map<string, FSWatcher>();

  constructor(options: FolderWatchersOptions) {
    this.#options = options;
  }

  add(folder: string): void {
    if (this.#watchers.has(folder)) return;
    try {
      const watcher = watch(folder, { persistent: false }, (kind, name) => {
        if (kind === 'rename') this.#forgetReplaced(folder, name);
        this.#options.onHint(folder, name);
      });
      watcher.on('error', () => {
        this.#forget(folder);
      });
      this.#watchers.set(folder, watcher);
    } catch (error) {
      // It may have gone since it was listed.
      const trouble = error as NodeJS.ErrnoException;
      if (trouble.code !== 'ENOENT') this.#options.onTrouble(trouble);
    }
  }

  keepOnly(folders: ReadonlySet<string>): void {
    for (const folder of this.#watchers.keys()) if (!folders.has(folder)) this.#forget(folder);
  }

  close(): void {
    this.keepOnly(new Set());
  }

  /** A watcher sticks to the folder it was made for, also when another takes its name. */
  #forgetReplaced(folder: string, name: string | null): void {
    const below = name === null ? folder : join(folder, name);
    for (const path of this.#watchers.keys()) {
      if (path === below || path.startsWith(below + sep)) this.#forget(path);
    }
    if (name === basename(folder)) this.#forget(folder);
  }

  #forget(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
  }
}
