import type { Stats } from 'node:fs';
import { lstat, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** What a walk over the watched paths found. */
export interface TreeScan {
  /** Of each file what changes when it does. */
  readonly files: ReadonlyMap<string, string>;
  /** Folders in which a change has to be looked for. */
  readonly folders: ReadonlySet<string>;
  /** Watched paths that do not exist. */
  readonly missing: readonly string[];
  /** There was more than is looked at. */
  readonly isPartial: boolean;
}

export interface ScanOptions {
  readonly paths: readonly string[];
  /** Folders whose content is nobody's source, by path. */
  readonly ignored: readonly string[];
  /** Called with each folder before it is read, so that nothing that follows is missed. */
  readonly onFolder: (path: string) => void;
}

const IGNORED_NAMES = new Set(['node_modules', '.git']);
/** What editors write beside the file that is edited. */
const EDITOR_FILE = /~$|^\..*\.sw[a-z]$|^\.#|^4913$/;
const MOST_FILES = 20_000;
const MOST_FOLDERS = 2000;

/** Whether a change of what bears this name says nothing of the sources. */
export function isIgnoredName(name: string): boolean {
  return IGNORED_NAMES.has(name) || EDITOR_FILE.test(name);
}

/** Walks over the watched paths; what is not there, or vanishes meanwhile, is left out. */
export async function scanTrees(options: ScanOptions): Promise<TreeScan> {
  const files = new Map<string, string>();
  const folders = new Set<string>();
  const missing: string[] = [];
  const left: string[] = [];
  const enter = (folder: string): void => {
    if (folders.has(folder) || folders.size >= MOST_FOLDERS) return;
    folders.add(folder);
    options.onFolder(folder);
  };
  for (const path of options.paths) {
    const facts = await stat(path).catch(() => null);
    if (facts?.isDirectory() === true) left.push(path);
    else if (facts !== null) {
      enter(dirname(path));
      files.set(path, describeFile(facts));
    } else {
      missing.push(path);
      enter(await findAncestor(path));
    }
  }
  while (left.length > 0 && files.size < MOST_FILES && folders.size < MOST_FOLDERS) {
    const folder = left.pop() ?? '';
    if (options.ignored.includes(folder)) continue;
    enter(folder);
    left.push(...(await readFolder(folder, files)));
  }
  return { files, folders, missing, isPartial: left.length > 0 };
}

/** The paths that one scan has and the other has not, or has otherwise. */
export function listChanges(before: TreeScan, after: TreeScan): string[] {
  const changed = [...after.files].filter(([path, facts]) => before.files.get(path) !== facts);
  const gone = [...before.files].filter(([path]) => !after.files.has(path));
  return [...changed, ...gone].map(([path]) => path).sort();
}

/** Adds the files of a folder and gives its folders. */
async function readFolder(folder: string, files: Map<string, string>): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const kept = entries.filter(({ name }) => !isIgnoredName(name));
  await Promise.all(
    kept
      .filter((entry) => entry.isFile())
      .map(async ({ name }) => {
        const path = join(folder, name);
        const facts = await lstat(path).catch(() => null);
        if (facts !== null) files.set(path, describeFile(facts));
      }),
  );
  return kept.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
}

function describeFile({ mtimeMs, size, ino }: Stats): string {
  return [mtimeMs, size, ino].join(' ');
}

/** The nearest folder that exists: there a missing path begins to appear. */
async function findAncestor(path: string): Promise<string> {
  const parent = dirname(path);
  if (basename(path) === '') return path;
  const facts = await stat(parent).catch(() => null);
  return facts?.isDirectory() === true ? parent : findAncestor(parent);
}
