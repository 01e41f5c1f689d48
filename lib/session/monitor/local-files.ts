import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname, extname, join, resolve, sep } from 'node:path';

export interface LocalFile {
  readonly path: string;
  /** Of its content; of a large file of its size and time. */
  readonly hash: string;
}

const MOST_FILES = 2000;
const LARGEST_READ = 1_000_000;

/** What names a file of the project by its place: in `import`, `export … from`, `import()` and `require()`. */
const SPECIFIER =
  /(?:\bfrom|\bimport|\brequire)\s*\(?\s*(['"`])(\.{1,2}\/[^'"`\n$]{1,500}|\.{1,2})\1/g;

const EXTENSIONS = ['.js', '.cjs', '.mjs', '.ts', '.cts', '.mts', '.tsx', '.jsx', '.json', '.node'];
/** TypeScript is asked for by the name of what it becomes. */
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx'],
  '.cjs': ['.cts'],
  '.mjs': ['.mts'],
  '.jsx': ['.tsx'],
};

interface KnownFile {
  readonly mark: string;
  readonly hash: string;
  readonly specifiers: readonly string[];
}

/**
 * Finds the entry of a server and the local files it loads, by reading what they ask for; the server
 * itself is not asked. What is named only while it runs, such as `require(name)`, is not found.
 */
export class LocalFiles {
  readonly #hash: (content: Buffer | string) => string;
  /** A file that looks as it did is not read again. */
  #known = new Map<string, KnownFile>();

  constructor(hash: (content: Buffer | string) => string) {
    this.#hash = hash;
  }

  async list(entry: string): Promise<LocalFile[]> {
    const start = await realpath(entry).catch(() => null);
    const found = new Map<string, KnownFile>();
    const waiting = start === null ? [] : [start];
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      if (found.has(path) || found.size === MOST_FILES) continue;
      const file = await this.#look(path).catch(() => null);
      if (file === null) continue;
      found.set(path, file);
      for (const specifier of file.specifiers) {
        const target = await resolveFile(resolve(dirname(path), specifier));
        if (target !== null && !target.includes(`${sep}node_modules${sep}`)) waiting.push(target);
      }
    }
    this.#known = found;
    return [...found].map(([path, { hash }]) => ({ path, hash }));
  }

  async #look(path: string): Promise<KnownFile> {
    const { mtimeMs, size } = await stat(path);
    const mark = `${String(size)} ${String(mtimeMs)}`;
    const known = this.#known.get(path);
    if (known?.mark === mark) return known;
    if (size > LARGEST_READ) return { mark, hash: this.#hash(mark), specifiers: [] };
    const content = await readFile(path);
    const isCode = !['.json', '.node'].includes(extname(path));
    const specifiers = isCode ? findSpecifiers(content.toString()) : [];
    return { mark, hash: this.#hash(content), specifiers };
  }
}

function findSpecifiers(code: string): string[] {
  const found = [...code.matchAll(SPECIFIER)].map(([, , specifier = '']) => specifier);
  return [...new Set(found)];
}

async function resolveFile(path: string): Promise<string | null> {
  const extension = extname(path);
  const stem = path.slice(0, path.length - extension.length);
  const candidates = [
    path,
    ...(SOURCES[extension] ?? []).map((source) => stem + source),
    ...EXTENSIONS.map((added) => path + added),
    ...EXTENSIONS.map((added) => join(path, `index${added}`)),
  ];
  for (const candidate of candidates) {
    const found = await stat(candidate).catch(() => null);
    if (found?.isFile() === true) return realpath(candidate).catch(() => null);
  }
  return null;
}
