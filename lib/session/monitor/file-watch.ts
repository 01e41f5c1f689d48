import type { Clock, Timer } from '../../util/clock.ts';
import { FolderWatchers } from './folder-watchers.ts';
import { isIgnoredName, listChanges, scanTrees, type TreeScan } from './tree-scan.ts';

export interface FileWatchOptions {
  readonly clock: Clock;
  /** Absolute. */
  readonly paths: readonly string[];
  /** Folders that change while the session runs. */
  readonly ignored: readonly string[];
  /** The paths of what has changed since the last time. */
  readonly onChange: (paths: readonly string[]) => void;
  /** Told once, when later changes are seen. */
  readonly onWatching: (files: number) => void;
  /** Says in words what cannot be watched. */
  readonly warn: (text: string) => void;
}

/** A change is looked at when so long nothing else has happened … */
const QUIET_MS = 100;
/** … but at the latest after this. */
const LONGEST_MS = 1000;

/** Tells of changes to files, once they have come to rest. */
export class FileWatch {
  readonly #options: FileWatchOptions;
  readonly #watchers: FolderWatchers;
  /** Null until the first look is over. */
  #seen: TreeScan | null = null;
  #state: 'resting' | 'looking' | 'lookingAgain' | 'closed' = 'resting';
  #timer: Timer | null = null;
  #hintedAt: number | null = null;
  readonly #told = new Set<string>();

  constructor(options: FileWatchOptions) {
    this.#options = options;
    this.#watchers = new FolderWatchers({
      onHint: (_folder, name) => {
        if (name === null || !isIgnoredName(name)) this.#hint();
      },
      onTrouble: (error) => {
        // The message names the folder, of which there may be thousands.
        const why = error.code ?? 'unknown';
        this.#warn(`not all of what "watch" names can be watched by the system: ${why}`);
      },
    });
  }

  /** Settles when the present state is known: later changes are told of. */
  open(): Promise<void> {
    return this.#look();
  }

  close(): void {
    this.#state = 'closed';
    this.#timer?.cancel();
    this.#watchers.close();
  }

  #hint(): void {
    if (this.#state === 'closed') return;
    const { clock } = this.#options;
    this.#hintedAt ??= clock.now();
    this.#timer?.cancel();
    const longestMs = this.#hintedAt + LONGEST_MS - clock.now();
    this.#timer = clock.setTimer(Math.min(QUIET_MS, longestMs), () => {
      this.#hintedAt = null;
      void this.#look();
    });
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    if (this.#state !== 'resting') {
      if (this.#state === 'looking') this.#state = 'lookingAgain';
      return;
    }
    this.#state = 'looking';
    const { paths, ignored } = this.#options;
    const scan = await scanTrees({
      paths,
      ignored,
      onFolder: (folder) => {
        if (this.#state !== 'closed') this.#watchers.add(folder);
      },
    });
    if (this.#isClosed) return;
    this.#watchers.keepOnly(scan.folders);
    const hasMissed = this.#hasMissed;
    this.#state = 'resting';
    this.#compare(scan);
    if (hasMissed) await this.#look();
  }

  get #isClosed(): boolean {
    return this.#state === 'closed';
  }

  /** Something happened during the look. */
  get #hasMissed(): boolean {
    return this.#state === 'lookingAgain';
  }

  #compare(scan: TreeScan): void {
    const seen = this.#seen;
    this.#seen = scan;
    for (const path of scan.missing)
      this.#warn(`"watch" names ${path}, which does not exist: it is watched once it does`);
    if (scan.isPartial)
      this.#warn('"watch" names too many files: not all of them are watched; name less');
    if (seen === null) {
      this.#options.onWatching(scan.files.size);
      return;
    }
    const changes = listChanges(seen, scan);
    if (changes.length > 0) this.#options.onChange(changes);
  }

  /** Once of each kind. */
  #warn(text: string): void {
    if (this.#told.has(text)) return;
    this.#told.add(text);
    this.#options.warn(text);
  }
}
