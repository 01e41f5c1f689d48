/** What a server ran with: only names and hashes, which say whether something has changed and not what it is. */
export interface ProjectState {
  readonly node: string;
  readonly commit: string | null;
  readonly lockFile: { readonly name: string; readonly hash: string } | null;
  /** The entry and the local files it loads, by their path relative to the project. */
  readonly files: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
  /** By the path of the key in the configuration file. */
  readonly config: Readonly<Record<string, string>>;
}

/** Reads what was written as one; null when it is something else. */
export function parseProjectState(value: unknown): ProjectState | null {
  if (!isRecord(value)) return null;
  const { node, commit, lockFile, files, environment, config } = value;
  const isSound =
    typeof node === 'string' &&
    (commit === null || typeof commit === 'string') &&
    (lockFile === null || isHashes(lockFile)) &&
    [files, environment, config].every(isHashes);
  return isSound ? (value as unknown as ProjectState) : null;
}

/** What is different now, one sentence each, for people. */
export function describeChanges(before: ProjectState, now: ProjectState): string[] {
  return [
    ...describeMove('Node ', before.node, now.node),
    ...describeMove('commit ', shorten(before.commit), shorten(now.commit)),
    ...describeLockFile(before.lockFile, now.lockFile),
    ...describeFiles(before.files, now.files),
    ...describeKeys('config', before.config, now.config),
    ...describeKeys('environment', before.environment, now.environment),
  ];
}

const MOST_FILES_TOLD = 20;
const MOST_KEYS_TOLD = 30;
const COMMIT_LENGTH = 7;

interface Difference {
  readonly name: string;
  readonly kind: 'changed' | 'added' | 'removed';
}

function describeMove(what: string, before: string, now: string): string[] {
  return before === now ? [] : [`${what}${before} → ${now}`];
}

function shorten(commit: string | null): string {
  return commit?.slice(0, COMMIT_LENGTH) ?? 'none';
}

function describeLockFile(
  before: ProjectState['lockFile'],
  now: ProjectState['lockFile'],
): string[] {
  if (now === null) return before === null ? [] : [`${before.name} removed`];
  if (before === null) return [`${now.name} added`];
  if (before.name !== now.name) return [`${before.name} replaced by ${now.name}`];
  return before.hash === now.hash ? [] : [`${now.name} changed`];
}

function describeFiles(
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): string[] {
  const words = { changed: 'changed', added: 'is loaded now', removed: 'is no longer loaded' };
  const all = differences(before, now);
  const told = all.slice(0, MOST_FILES_TOLD).map(({ name, kind }) => `${name} ${words[kind]}`);
  const more = all.length - told.length;
  return more === 0 ? told : [...told, `and ${String(more)} more files`];
}

function describeKeys(
  what: string,
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): string[] {
  const all = differences(before, now);
  if (all.length === 0) return [];
  const told = all.slice(0, MOST_KEYS_TOLD).map(({ name, kind }) => `${name} ${kind}`);
  if (all.length > told.length) told.push(`and ${String(all.length - told.length)} more`);
  return [`${what}: ${told.join(', ')}`];
}

/** What changed comes first: it says more than what came or went. */
function differences(
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): Difference[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  const found = names.flatMap((name): Difference[] => {
    if (before[name] === now[name]) return [];
    if (before[name] === undefined) return [{ name, kind: 'added' }];
    return [{ name, kind: now[name] === undefined ? 'removed' : 'changed' }];
  });
  const isChange = ({ kind }: Difference): number => (kind === 'changed' ? 0 : 1);
  return found.sort((a, b) => isChange(a) - isChange(b));
}

function isHashes(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every((hash) => typeof hash === 'string');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
