import { basename, resolve } from 'node:path';

/** A session as the dashboard calls it. */
export interface NamedSession {
  /** A part of its address: of two sessions of one name the second is `name-2`. */
  readonly name: string;
  readonly stateDirectory: string;
}

/** More are not shown. */
const MOST_SESSIONS = 64;

/** Names the sessions with these state directories, each once, in their order, and no more than can be shown. */
export function nameSessions(stateDirectories: readonly string[]): NamedSession[] {
  const sessions = new Map<string, NamedSession>();
  const directories = new Set(stateDirectories.map((directory) => resolve(directory)));
  for (const stateDirectory of [...directories].slice(0, MOST_SESSIONS)) {
    const name = findFreeName(basename(stateDirectory) || 'session', sessions);
    sessions.set(name, { name, stateDirectory });
  }
  return [...sessions.values()];
}

function findFreeName(wanted: string, taken: ReadonlyMap<string, unknown>): string {
  let name = wanted;
  for (let count = 2; taken.has(name); count += 1) name = `${wanted}-${String(count)}`;
  return name;
}
