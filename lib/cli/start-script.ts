import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** How a project starts its server now. */
export interface StartScript {
  /** What stands before the server's own command: variables, a build. */
  readonly before: string;
  /** The file that node runs, relative to the project. */
  readonly entry: string;
  readonly nodeArgs: readonly string[];
  /** Arguments of the server. */
  readonly args: readonly string[];
}

// Programs that run a file as node does, and what node itself has to be told instead.
const RUNNERS: Readonly<Record<string, readonly string[]>> = {
  node: [],
  nodejs: [],
  nodemon: [],
  tsx: ['--import=tsx'],
  'ts-node': ['--require=ts-node/register'],
};

/**
 * Reads a start script: `node [flags] file [args]`, the same with a runner of TypeScript, or a program of
 * the project such as `next start`. Any other is left to its author.
 */
export function readStartScript(directory: string, script: string): StartScript | null {
  const last = script.lastIndexOf('&&') + 2;
  const build = last === 1 ? '' : `${script.slice(0, last).trim()} `;
  const words = script
    .slice(last === 1 ? 0 : last)
    .trim()
    .split(/\s+/);
  if (words.some((word) => /[;|<>`"'$\\]|^&$/.test(word))) return null;
  const at = words.findIndex((word) => !/^\w+=/.test(word) && word !== 'cross-env');
  const [program = '', ...rest] = words.slice(Math.max(at, 0));
  const variables = words.slice(0, Math.max(at, 0)).map((word) => `${word} `);
  const before = build + variables.join('');
  const own = Object.hasOwn(RUNNERS, program) ? RUNNERS[program] : undefined;
  if (own === undefined) return readProgram(directory, { before, program, args: rest });
  const file = rest.findIndex((word) => isFile(directory, word));
  const entry = rest[file];
  if (entry === undefined) return null;
  const nodeArgs = [...own, ...rest.slice(0, file)];
  return { before, entry, nodeArgs, args: rest.slice(file + 1) };
}

/** Whether a word names a file of the project that node can run. */
export function isFile(directory: string, name: string): boolean {
  if (name.startsWith('-')) return false;
  if (/\.[cm]?[jt]s$|^bin\//.test(name)) return existsSync(join(directory, name));
  // "dist/main" is found by node as "dist/main.js".
  return /[\w/]$/.test(name) && name.includes('/') && existsSync(join(directory, `${name}.js`));
}

interface Program {
  readonly before: string;
  readonly program: string;
  readonly args: readonly string[];
}

/** The file behind a program that a package of the project has brought, if node runs it. */
function readProgram(directory: string, { before, program, args }: Program): StartScript | null {
  if (!/^[\w.-]+$/.test(program)) return null;
  try {
    const root = realpathSync(directory);
    const path = realpathSync(join(root, 'node_modules/.bin', program));
    const isNode = /^#!.*\bnode\b/.test(readFileSync(path, 'utf8').slice(0, 200));
    const entry = relative(root, path);
    if (!isNode || entry.startsWith('..')) return null;
    return { before, entry: entry.split(sep).join('/'), nodeArgs: [], args };
  } catch {
    return null;
  }
}
