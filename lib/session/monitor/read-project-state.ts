import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ProjectState } from '../../report/project-state.ts';
import { projectPath } from '../../report/stack-frames.ts';
import type { ResolvedSessionOptions } from '../options.ts';
import { readGitCommit } from './git-commit.ts';
import type { LocalFiles } from './local-files.ts';

export interface ProjectStateSources {
  readonly options: ResolvedSessionOptions;
  readonly entry: string;
  readonly projectDirectory: string;
  readonly files: LocalFiles;
  readonly hash: (content: Buffer | string) => string;
}

const LOCK_FILES = [
  'package-lock.json',
  'npm-shrinkwrap.json',
  'pnpm-lock.yaml',
  'yarn.lock',
  'bun.lock',
  'bun.lockb',
];
/** Above the project there may be a workspace that holds it. */
const LEVELS_UP = 4;
/** Below that a value counts as one, such as the options of a mail transport. */
const CONFIG_DEPTH = 3;

/** What is no key of the file, but follows from others. */
const DERIVED: ReadonlySet<string> = new Set(['baseDirectory', 'polling.routeIsSet']);

/** Variables that are different at every start, or in every terminal, and change nothing for a server. */
const RESTLESS =
  /^(_|PWD|OLDPWD|SHLVL|TERM.*|COLORTERM|COLUMNS|LINES|LS_COLORS|WINDOWID|PS1|SSH_.*|XDG_.*|DBUS_.*|INVOCATION_ID|JOURNAL_STREAM|SYSTEMD_EXEC_PID|LISTEN_.*|NOTIFY_SOCKET|WATCHDOG_.*|MAINPID|npm_.*|VIGIL_.*)$/;

/** Reads what the server runs with at the moment, from disk and from the monitor's own environment. */
export async function readProjectState(sources: ProjectStateSources): Promise<ProjectState> {
  const { options, entry, projectDirectory, files, hash } = sources;
  const loaded = await files.list(entry);
  return {
    node: process.version,
    commit: readGitCommit(projectDirectory),
    lockFile: await readLockFile(projectDirectory, hash),
    files: Object.fromEntries(
      loaded.map((file) => [projectPath(file.path, projectDirectory), file.hash]),
    ),
    environment: hashEnvironment(hash),
    config: hashConfig(options, hash),
  };
}

async function readLockFile(
  projectDirectory: string,
  hash: (content: Buffer) => string,
): Promise<ProjectState['lockFile']> {
  let folder = projectDirectory;
  for (let level = 0; level <= LEVELS_UP; level++) {
    for (const name of LOCK_FILES) {
      const content = await readFile(join(folder, name)).catch(() => null);
      if (content !== null) return { name, hash: hash(content) };
    }
    folder = dirname(folder);
  }
  return null;
}

function hashEnvironment(hash: (text: string) => string): Record<string, string> {
  const variables = Object.entries(process.env).filter(([name]) => !RESTLESS.test(name));
  return Object.fromEntries(variables.map(([name, value = '']) => [name, hash(value)]));
}

function hashConfig(
  options: ResolvedSessionOptions,
  hash: (text: string) => string,
): Record<string, string> {
  const hashes: Record<string, string> = {};
  const visit = (value: unknown, path: readonly string[]): void => {
    const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (isGroup && path.length < CONFIG_DEPTH) {
      for (const [key, inner] of Object.entries(value)) visit(inner, [...path, key]);
    } else if (typeof value !== 'function' && !DERIVED.has(path.join('.'))) {
      // In the file durations are seconds.
      hashes[path.join('.').replace(/Ms$/, 'Seconds')] = hash(JSON.stringify(value ?? null));
    }
  };
  visit(options, []);
  return hashes;
}
